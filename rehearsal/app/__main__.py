"""Start the booking app: ``python -m rehearsal.app``."""

import sys

from rehearsal.app.bookings import Bookings
from rehearsal.app.pool import Pool
from rehearsal.app.settings import SettingMissing, Settings
from rehearsal.app.web import serve


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
