"""``python -m cli`` is ``lyo-dr``."""

from cli.main import main

if __name__ == "__main__":
    main()
