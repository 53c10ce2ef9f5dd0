"""`python -m diancai` is the command line."""

from diancai.platform.cli import main

if __name__ == "__main__":
    main()
