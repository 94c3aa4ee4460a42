"""Start the booking app: ``python -m drills.booking_app``, and what it serves as JSON where that is not its own."""

import sys

from drills.booking_app.bookings import Bookings
from drills.booking_app.pool import Pool
from drills.booking_app.served import Served
from drills.booking_app.settings import SettingMissing, Settings
from drills.booking_app.web import serve


def main() -> int:
    """Serve until the process is ended; 2 when a setting is missing."""
    try:
        settings = Settings.from_env()
    except SettingMissing as error:
        sys.stderr.write(f"The booking app cannot start: {error}.\n")
        return 2
    served = Served.from_json(sys.argv[1]) if len(sys.argv) > 1 else Served()
    serve(settings, Bookings(Pool(settings.database_url), served), served)
    return 0


if __name__ == "__main__":
    sys.exit(main())
