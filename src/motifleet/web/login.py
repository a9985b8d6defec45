"""Logging in and out: a plain form, and a cookie that scripts cannot read."""

from html import escape
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from motifleet.errors import MotifleetError, TooManyLoginsError
from motifleet.web.sessions import COOKIE, HOURS, Sessions
from motifleet.web.visit import PREFIX

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · Motifleet</title>
<link rel="icon" href="{prefix}/assets/mark.svg">
<link rel="stylesheet" href="{prefix}/assets/login.css">
<script src="{prefix}/assets/login.js" defer></script>
</head>
<body>
<main>
<h1><img src="{prefix}/assets/mark.svg" alt="" width="36" height="36"> Motifleet</h1>
{told}
<form method="post" action="{prefix}/login" id="password">
<input type="hidden" name="next" value="{target}">
<label>Name <input name="name" autocomplete="username" required maxlength="100" {focus}></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required maxlength="1000">
</label>
<button type="submit">Log in</button>
</form>
<details {open}>
<summary>First start, or no password yet?</summary>
<form method="post" action="{prefix}/login" id="owner">
<input type="hidden" name="next" value="{target}">
<p>Whoever can read the home folder owns this installation. Its token is in the file
<code>token</code> there.</p>
<label>Token
<input name="token" type="password" autocomplete="off" required maxlength="200">
</label>
<button type="submit">Log in as the owner</button>
</form>
</details>
</main>
</body>
</html>
"""


LOGIN_PATHS = ("/login", "/alive", "/logout")


def add_login(pages: FastAPI, sessions: Sessions) -> None:
    """Add the form, and what it is sent to."""

    async def form(request: Request) -> Response:
        return _form(_target(request.query_params.get("next", "")))

    async def log_in(request: Request) -> Response:
        given = {name: str(value) for name, value in (await request.form()).items()}
        target = _target(given.get("next", ""))
        try:
            secret = await run_sync(_begun, sessions, given, _address(request))
        except TooManyLoginsError as error:
            wait = {"Retry-After": str(error.seconds)}
            return _form(target, str(error), 429, given.get("token"), wait)
        except MotifleetError as error:
            return _form(target, str(error), 401, given.get("token"))
        answer = RedirectResponse(target, 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, secret, HOURS * 3600, secure=secure, httponly=True, samesite="strict"
        )
        return answer

    async def alive() -> Response:
        return Response(status_code=204)

    async def log_out(request: Request) -> Response:
        await run_sync(sessions.log_out, request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(f"{PREFIX}/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    pages.add_api_route("/login", form, methods=["GET"], include_in_schema=False)
    pages.add_api_route("/login", log_in, methods=["POST"], include_in_schema=False)
    pages.add_api_route("/alive", alive, methods=["GET"], include_in_schema=False)
    pages.add_api_route("/logout", log_out, methods=["POST"], include_in_schema=False)


def _begun(sessions: Sessions, given: dict[str, str], address: str) -> str:
    if "token" in given:
        return sessions.log_in_owner(given["token"], address)
    return sessions.log_in(given.get("name", ""), given.get("password", ""), address)


def _form(
    target: str,
    wrong: str = "",
    status: int = 200,
    token: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    told = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    page = _PAGE.format(
        prefix=PREFIX,
        told=told,
        target=escape(target),
        focus="" if token is not None else "autofocus",
        open="open" if token is not None else "",
    )
    return HTMLResponse(page, status, {"cache-control": "no-store", **(headers or {})})


def _target(asked: str) -> str:
    """Where to go then: a page of ours, never another host's."""
    parts = urlsplit(asked)
    ours = not parts.scheme and not parts.netloc and "\\" not in asked
    return asked if ours and asked.startswith(f"{PREFIX}/") else f"{PREFIX}/fleet"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
