"""The short panel at the end of `make demo`: where to go, whom to sign in as, and a ballot code to scan."""

import io

import segno

from diancai.platform.cli.demo.team import BREAK

SHOWN = ("admin", "officer-a", "officer-b", "reviewer", "leader", "scrutineer-1", "scrutineer-2")
"""Sign-in names on the panel; the file has everybody."""
RULE = "─" * 72


def panel(
    *, origin: str, code: str, kiosk_code: str, accounts: str, accounts_file: str = "instance/demo-accounts.txt"
) -> str:
    """`accounts` is the text of the accounts file; `code` a live ballot code; `kiosk_code` enrols a public terminal."""
    ballot = f"{origin}/vote#{code}"
    lines = (
        RULE,
        "  示范街道已就绪 / the sample street is ready",
        "",
        f"  门户 portal              {origin}/",
        f"  投票 a ballot            {ballot}",
        f"  公用终端 public terminal {origin}/kiosk （登记码 one-time code {kiosk_code}）",
        f"  工作台 sign in           {origin}/staff/sign-in",
        "",
        *_account_lines(accounts),
        "",
        f"  管理员首次登录要绑定动态口令 / the administrator enrols an authenticator. 其余账号 all accounts: {accounts_file}",
        "",
        _qr(ballot),
        "  Ctrl-C 停止 stop · RESET=1 make demo 重新开始 start afresh · PORT=8001 HOST=… make demo",
        RULE,
    )
    return "\n".join(lines)


def _account_lines(accounts: str) -> list[str]:
    rows = [line.split(BREAK) for line in accounts.splitlines() if line.count(BREAK) == 3]
    shown = [(title, sign_in_name, password) for title, _, sign_in_name, password in rows if sign_in_name in SHOWN]
    return [f"  {sign_in_name:<14} {password:<21} {title}" for title, sign_in_name, password in shown]


def _qr(text: str) -> str:
    """Half a line a row of modules, so that it fits a terminal of 24 lines and more."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=out, compact=True, border=2)
    return out.getvalue().rstrip("\n")
