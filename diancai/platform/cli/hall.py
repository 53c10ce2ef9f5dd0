"""`diancai hall`: one laptop serves a hall without internet, from what the office packed."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from diancai.errors import DomainError
from diancai.platform.cli.context import load_settings, opened_engine
from diancai.platform.cli.serving import run_together, web_command
from diancai.platform.core import clock
from diancai.platform.core.db import transaction
from diancai.platform.core.hall_charge import hall_charge
from diancai.platform.core.keys import new_keys, read_keys, write_keys
from diancai.platform.core.migrate import upgrade
from diancai.platform.core.texts import say_error
from diancai.platform.hall_server.certificates import fingerprint_lines, serves, write_authority
from diancai.platform.hall_server.operations.unpacking import unpack
from diancai.platform.hall_server.parcels import receipt_of, sha256_of, unwrap_pack

RULE = "─" * 72
FOLDER = click.option(
    "--folder", default="hall", show_default=True, type=click.Path(path_type=Path), help="Where everything is kept."
)


@click.group()
def hall() -> None:
    """A hall without internet: served by this laptop alone, handed back to the office afterwards."""


@hall.command()
@click.argument("pack", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--address", "addresses", multiple=True, help="Address or name of this laptop in the hall's network.")
@click.option("--port", default=8443, show_default=True, help="https, for desks, terminals and screens.")
@click.option("--phone-port", default=8080, show_default=True, help="Plain http, for residents' phones.")
@click.option("--code", envvar="DIANCAI_HALL_CODE", help="The pack's code; asked for when it is missing.")
@FOLDER
def serve(
    pack: Path | None, addresses: Sequence[str], port: int, phone_port: int, code: str | None, folder: Path
) -> None:
    """Serve the hall. The first time PACK is unpacked; later starts go on with what is there."""
    hosts = tuple(addresses) or (_own_address(),)
    _set_environment(folder, hosts, port, phone_port)
    if not (folder / "hall.db").exists():
        if pack is None:
            raise click.ClickException(f"{folder} holds no hall yet: name the pack that the office made")
        _unpack(folder, pack, code or click.prompt("打包口令 / code of the pack", hide_input=True))
    upgrade(_database(folder))
    if not serves(folder, hosts, at=clock.now()):
        write_authority(folder, hosts, at=clock.now())
    click.echo(_panel(folder, hosts[0], port, phone_port))
    secure = [*web_command("0.0.0.0", port, 1, 16), f"--certfile={folder / 'server.crt'}"]
    secure.append(f"--keyfile={folder / 'server.key'}")
    phones = web_command("0.0.0.0", phone_port, 2, 8)
    run_together(
        partial(subprocess.Popen, [sys.executable, "-m", "diancai", "worker"]),
        partial(subprocess.Popen, secure),
        partial(subprocess.Popen, phones, env={**os.environ, "DIANCAI_BALLOT_ONLY": "1"}),
    )


@hall.command()
@FOLDER
def status(folder: Path) -> None:
    """Whether the hall has handed back, and the number that the office shows for it."""
    _set_environment(folder, ("localhost",), 0, 0)
    click.echo(_state_of(folder))


@hall.command()
@click.option(
    "--receipt", prompt="街道平台上的回执号 / the number that the office shows", help="As the office shows it."
)
@FOLDER
def erase(receipt: str, folder: Path) -> None:
    """Delete the hall's data, once the office has it: only with the number that the office shows."""
    _set_environment(folder, ("localhost",), 0, 0)
    content = _content(folder)
    if content is None:
        raise click.ClickException("还没有交回，不能清除 / not handed back yet: nothing is erased")
    if receipt.replace(" ", "").upper() != receipt_of(sha256_of(content)).replace(" ", ""):
        raise click.ClickException("回执号不对：街道收到的不是这一份 / another number: the office has something else")
    shutil.rmtree(folder)
    click.echo("已清除 / erased")


def _unpack(folder: Path, pack: Path, code: str) -> None:
    """Under another name until it is whole: a start that was broken off begins anew."""
    folder.mkdir(mode=0o700, exist_ok=True)
    unfinished = folder / "unpacking.db"
    for left_over in folder.glob("unpacking.db*"):
        left_over.unlink()
    if not (folder / "keys").exists():
        write_keys(folder / "keys", new_keys())
    upgrade(f"sqlite:///{unfinished.absolute()}")
    settings = load_settings()
    os.environ["DIANCAI_DATABASE_URL"] = f"sqlite:///{unfinished.absolute()}"
    try:
        lines = unwrap_pack(pack.read_bytes(), code.strip().upper())
        with opened_engine(load_settings()) as engine, transaction(engine, keys=read_keys(folder / "keys")) as session:
            unpack(session, lines, at=clock.now())
    except DomainError as refusal:
        raise click.ClickException(say_error(refusal)) from refusal
    finally:
        os.environ["DIANCAI_DATABASE_URL"] = settings.database_url
    unfinished.rename(folder / "hall.db")


def _content(folder: Path) -> bytes | None:
    """What was handed back, if it was."""
    if not (folder / "hall.db").exists():
        raise click.ClickException(f"{folder} holds no hall")
    with opened_engine(load_settings()) as engine, transaction(engine, keys=read_keys(folder / "keys")) as session:
        charge = hall_charge(session)
        return charge.content if charge else None


def _state_of(folder: Path) -> str:
    content = _content(folder)
    if content is None:
        return "在会场，还没有交回 / still in the hall"
    return f"已生成交回文件，回执号 / handed back, number: {receipt_of(sha256_of(content))}"


def _database(folder: Path) -> str:
    return f"sqlite:///{(folder / 'hall.db').absolute()}"


def _set_environment(folder: Path, hosts: Sequence[str], port: int, phone_port: int) -> None:
    """The web processes and the worker inherit it."""
    os.environ.update(
        DIANCAI_ENVIRONMENT="production",
        DIANCAI_DATABASE_URL=_database(folder),
        DIANCAI_KEYS_FILE=str((folder / "keys").absolute()),
        DIANCAI_ORIGIN=f"https://{_in_address(hosts[0])}:{port}",
        DIANCAI_BALLOT_ORIGIN=f"http://{_in_address(hosts[0])}:{phone_port}",
        DIANCAI_TRUSTED_HOSTS=",".join([*hosts, "localhost", "127.0.0.1"]),
        DIANCAI_HALL_CERTIFICATE=str((folder / "ca.crt").absolute()),
    )


def _own_address() -> str:
    """Of the network that this laptop is in. No packet is sent: a datagram socket only looks up its route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as problem:
            raise click.ClickException("本机没有网络地址，请用 --address 写明 / name one with --address") from problem
        return str(probe.getsockname()[0])


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _panel(folder: Path, host: str, port: int, phone_port: int) -> str:
    secure, plain = f"https://{_in_address(host)}:{port}", f"http://{_in_address(host)}:{phone_port}"
    fingerprint = fingerprint_lines((folder / "ca.crt").read_bytes())
    return "\n".join(
        (
            RULE,
            "  会场服务器 / the hall's server",
            "",
            f"  居民手机投票 phones        {plain}/vote",
            f"  工作台 sign in             {secure}/staff/sign-in",
            f"  公用终端 public terminal   {secure}/kiosk",
            f"  先装证书 certificate first {plain}/hall-devices",
            "  指纹 fingerprint (SHA-256):",
            *(f"    {line}" for line in fingerprint),
            "",
            "  会后在“会场”→“会场服务器”生成交回文件 / afterwards: 会场 → 会场服务器 makes the file for the office",
            "  Ctrl-C 停止，再运行一次就接着办 / stop with Ctrl-C; start again to go on",
            RULE,
        )
    )
