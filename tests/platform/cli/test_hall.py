"""`diancai hall`: one command serves a hall over https with a root of its own, and phones over plain http the ballot alone."""

import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from diancai.platform.core import clock
from diancai.platform.core.db import open_engine, transaction
from diancai.platform.core.keys import Keys, read_keys
from diancai.platform.hall_server.certificates import fingerprint_lines, serves, write_authority
from diancai.platform.polling.codes import code_key
from diancai.platform.polling.models import InboxBallot
from diancai.platform.polling.proofs import CodeProof, seal_proof
from tests.databases import Databases
from tests.platform.hall_server.halls import Office, a_pack_code, an_office, packed, prepare, print_slips
from tests.voters import Voter, free_port


@pytest.fixture
def office(databases: Databases, keys: Keys, tmp_path: Path) -> tuple[Office, str]:
    """A pack in the folder, and its code."""
    at, code = clock.now(), a_pack_code()
    times = {"opens_at": at - timedelta(hours=2), "closes_at": at + timedelta(days=1)}
    engine = open_engine(databases.migrated("sqlite"))
    with transaction(engine, keys=keys) as session:
        made = an_office(session, **times, latest_close_at=at + timedelta(days=2))
        prepare(session, made)
        (tmp_path / "hall.pack").write_bytes(packed(session, made, code))
    engine.dispose()
    return made, code


@contextmanager
def serving(folder: Path, port: int, phone_port: int, *arguments: str, code: str = "") -> Iterator[None]:
    command = [sys.executable, "-P", "-m", "diancai", "hall", "serve", *arguments, "--address", "127.0.0.1"]
    command += ["--port", str(port), "--phone-port", str(phone_port), "--folder", str(folder / "hall")]
    environment = os.environ | {"DIANCAI_HALL_CODE": code}
    server = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        for each in (f"http://127.0.0.1:{phone_port}", f"https://127.0.0.1:{port}"):
            _wait_until_it_answers(each, folder)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def _wait_until_it_answers(origin: str, folder: Path) -> None:
    for _ in range(900):
        with suppress(OSError):
            ask(f"{origin}/healthz", folder)
            return
        time.sleep(0.1)  # a process outside of this one: there is nothing to wait on
    pytest.fail(f"{origin} did not answer")


def ask(address: str, folder: Path) -> tuple[int, str]:
    """Over https only with the hall's own root."""
    context = None
    if address.startswith("https"):
        context = ssl.create_default_context(cafile=folder / "hall" / "ca.crt")
    try:
        with urllib.request.urlopen(address, timeout=20, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "diancai", "hall", *arguments, "--folder", str(folder / "hall")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_one_command_serves_the_hall_and_goes_on_after_a_stop(office: tuple[Office, str], tmp_path: Path) -> None:
    made, code = office
    port, phone_port = free_port(), free_port()
    secure, plain = f"https://127.0.0.1:{port}", f"http://127.0.0.1:{phone_port}"
    with serving(tmp_path, port, phone_port, str(tmp_path / "hall.pack"), code=code):
        assert ask(f"{secure}/staff/sign-in", tmp_path)[0] == 200
        status, page = ask(f"{plain}/staff/sign-in", tmp_path)
        assert (status, "https" in page) == (403, True)
        assert ask(f"{plain}/kiosk", tmp_path)[0] == 403
        status, page = ask(f"{plain}/hall-devices", tmp_path)
        assert all(line in page for line in fingerprint_lines((tmp_path / "hall" / "ca.crt").read_bytes()))
        with pytest.raises(urllib.error.URLError):  # whoever has not installed the root does not trust it
            urllib.request.urlopen(f"{secure}/", timeout=20)
        keys = read_keys(tmp_path / "hall" / "keys")
        engine = open_engine(f"sqlite:///{tmp_path / 'hall' / 'hall.db'}")
        with transaction(engine, keys=keys) as session:
            proof = CodeProof(code_key(keys, print_slips(session, made, 2)[0]), made.round_id)
        voter = Voter(seal_proof(keys, proof, at=clock.now()))
        assert voter.cast(phone_port) == voter.tracker
    refused = run(tmp_path, "erase", "--receipt", "0000")
    assert refused.returncode == 1
    assert "还没有交回" in refused.stderr
    with serving(tmp_path, port, phone_port):
        assert voter.cast(phone_port) == voter.tracker
        with transaction(engine, keys=keys) as session:
            assert session.scalar(select(func.count()).select_from(InboxBallot)) == 1
    engine.dispose()


def test_a_wrong_code_leaves_no_half_filled_hall(office: tuple[Office, str], tmp_path: Path) -> None:
    arguments = ("serve", str(tmp_path / "hall.pack"), "--address", "127.0.0.1", "--code", a_pack_code())
    refused = run(tmp_path, *arguments)
    assert refused.returncode == 1
    assert "口令不对" in refused.stderr
    assert not (tmp_path / "hall" / "hall.db").exists()


def test_a_certificate_is_for_its_hosts_and_its_days(tmp_path: Path) -> None:
    at = clock.now()
    write_authority(tmp_path, ["192.168.1.10", "hall.local"], at=at)
    assert serves(tmp_path, ["192.168.1.10", "hall.local"], at=at)
    assert not serves(tmp_path, ["192.168.1.11"], at=at)
    assert not serves(tmp_path, ["192.168.1.10", "hall.local"], at=at + timedelta(days=91))
    assert (tmp_path / "server.key").stat().st_mode & 0o077 == 0
