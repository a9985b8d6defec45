"""One body for all errors, and the table of which error is which status."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from motifleet import errors

_STATUS: dict[type[Exception], int] = {
    errors.NotLoggedInError: 401,
    errors.NotAllowedError: 403,
    errors.UnknownProjectError: 404,
    errors.UnknownUserError: 404,
    errors.UnknownKeyError: 404,
    errors.UnknownTableError: 404,
    errors.UnknownSnapshotError: 404,
    errors.UnknownModelError: 404,
    errors.UnknownPredictionError: 404,
    errors.UnknownAlertError: 404,
    errors.UnknownBuildError: 404,
    errors.UnknownDeploymentError: 404,
    errors.UnknownEndpointError: 404,
    errors.UnknownReplicaError: 404,
    errors.UnknownAccessKeyError: 404,
    errors.UnknownFileError: 404,
    errors.UnknownJobError: 404,
    errors.UnknownRunError: 404,
    errors.NameTakenError: 409,
    errors.JobError: 409,
    errors.MonitoringError: 409,
    errors.DeploymentError: 409,
    errors.SchemaConflictError: 409,
    errors.StillRunningError: 409,
    errors.RequestDiffersError: 422,
    errors.TableExistsError: 409,
    errors.ModelChangedError: 409,
    errors.TooManyLoginsError: 429,
    errors.StoreError: 503,
    errors.CatalogError: 503,
    errors.StorageError: 503,
    errors.TrackingError: 503,
    errors.SettingsError: 503,
    errors.MissingExtraError: 501,
}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}}


def failure(
    request_id: str, status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The body of an error: what it is called, what is the matter, and which request it was."""
    what, _, hint = message.partition(": ")
    told = {"code": code, "message": what, "hint": hint, "request_id": request_id}
    shown = (headers or {}) | _HEADERS.get(status, {})
    return JSONResponse({"error": told}, status_code=status, headers=shown)


def install(site: FastAPI) -> None:
    """Let a site answer all errors in the one way."""
    site.add_exception_handler(errors.MotifleetError, _known)
    site.add_exception_handler(RequestValidationError, _invalid)
    site.add_exception_handler(HTTPException, _refused)
    site.add_exception_handler(UnicodeEncodeError, _no_text)


def _known(request: Request, error: Exception) -> JSONResponse:
    kinds = (_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    wait = getattr(error, "seconds", None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    status = next(kinds, 400)
    return failure(_id(request), status, type(error).__name__, str(error), headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    told = (f"{'.'.join(map(str, each['loc']))} {each['msg']}" for each in wrong)
    message = f"the request does not fit: {'; '.join(told)}"
    text = message.encode("utf-8", "replace").decode()
    return failure(_id(request), 422, "InvalidRequest", text)


def _refused(request: Request, error: Exception) -> JSONResponse:
    status = getattr(error, "status_code", 400)
    message = str(getattr(error, "detail", error))
    return failure(_id(request), status, "Refused", message, dict(_given(error)))


def _given(error: Exception) -> dict[str, str]:
    return getattr(error, "headers", None) or {}


def _no_text(request: Request, error: Exception) -> JSONResponse:
    message = f"expected text that UTF-8 can hold: {getattr(error, 'reason', '')}"
    return failure(_id(request), 400, "InvalidText", message)


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))
