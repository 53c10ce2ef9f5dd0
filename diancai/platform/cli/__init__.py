"""The command line: the same operations as the pages. Commands are loaded when they are called, so help is quick."""

import gc
from importlib import import_module

import click

COMMANDS = {
    "serve": ("serving", "serve", "Web processes and one worker under one command."),
    "worker": ("serving", "worker", "The worker alone: opens, seals and ends rounds, runs every due job."),
    "demo": ("demonstration", "demo", "The sample street, ready to try."),
    "backup": ("backups", "backup", "Take an encrypted backup, list those that are kept, make a key."),
    "restore": ("backups", "restore", "Restore a backup into an empty database, checked."),
    "hall": ("hall", "hall", "Serve a hall without internet from this laptop; erase it afterwards."),
    "db": ("database", "db", "The database: upgrade, check, write a migration."),
    "keys": ("secrets", "keys", "The installation's secrets."),
    "staff": ("people", "staff", "People in office: the first administrator is made here."),
    "street": ("people", "street", "Set a street up: its district, its code, its office."),
    "round": ("rounds", "round_", "Rounds: list them, import an election from elsewhere."),
    "count": ("counting", "count", "Count a Pabulib file by a rule."),
    "compare": ("comparing", "compare", "Count a Pabulib file by every rule, side by side."),
    "recount": ("recounting", "recount", "Count the sealed box of a round again: 0 as published, 1 otherwise."),
    "verify": ("counting", "verify", "Check the bundle of a published result."),
    "log": ("logbook", "log", "The administrative log: verify its chain."),
    "check": ("checks", "check", "What `make check` proves about the application itself."),
    "permissions": ("checks", "permissions", "Print who may do what, and when, as docs/permissions.md has it."),
    "settings": ("checks", "settings", "Print every setting, as docs/settings.md has it."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        gc.disable()  # an import makes no garbage: looking for it takes a twentieth of the time
        command = getattr(import_module(f"diancai.platform.cli.{module}"), name)
        gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(package_name="diancai")
def main() -> None:
    """Diancai (点菜): a street lists the menu, residents order from it."""
