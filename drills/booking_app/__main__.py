"""Start the booking app: ``python -m drills.booking_app``."""

import sys

from drills.booking_app.bookings import Bookings
from drills.booking_app.pool import Pool
from drills.booking_app.settings import SettingMissing, Settings
from drills.booking_app.web import serve


def main() -> int:
    """Serve until the process is ended; 2 when a setting is missing."""
    try:
        settings = Settings.from_env()
    except SettingMissing as error:
        sys.stderr.write(f"The booking app cannot start: {error}.\n")
        return 2
    serve(settings, Bookings(Pool(settings.database_url)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
