import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Error

PAGE = b"<!doctype html><title>page</title><style>p{color:red}</style><p>here</p>"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_guard_sees_a_breach_of_the_security_policy(phone: BrowserContext, guard, address: str) -> None:
    page = phone.new_page()
    page.goto(address)
    page.wait_for_function("document.title === 'page'")
    assert any("Content Security Policy" in offence for offence in guard.offences)
    guard.offences.clear()


def test_the_guard_stops_a_request_to_another_host(desk: BrowserContext, guard) -> None:
    with pytest.raises(Error):
        desk.new_page().goto("http://elsewhere.invalid/")
    assert guard.offences == ["request to another host: http://elsewhere.invalid/"]
    guard.offences.clear()


def test_the_two_sizes_are_a_phone_and_a_desk(phone: BrowserContext, desk: BrowserContext) -> None:
    assert phone.new_page().viewport_size == {"width": 390, "height": 844}
    assert desk.new_page().viewport_size == {"width": 1280, "height": 900}
