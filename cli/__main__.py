"""``python -m cli`` is ``lyo-dr``."""

from cli.app import main

if __name__ == "__main__":
    main()
