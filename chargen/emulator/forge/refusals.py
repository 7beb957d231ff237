"""What the stand-in answers when it does not do the work: GitHub's error bodies, worded as GitHub words them."""

from __future__ import annotations

from typing import Any, Final

DOCS: Final = "https://docs.github.com/rest"
BODY_LIMIT: Final = 65_536
LIMITS: Final = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api"
NO_PULLS: Final = "GitHub Actions is not permitted to create or approve pull requests."


class Refusal(Exception):  # noqa: N818  # the field's word, as in errors.ProviderRefused
    """A definite no; where it names no page of the documentation, the call's own is named."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        errors: list[Any] | None = None,
        page: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.errors = errors
        self.page = page
        self.headers = headers or {}

    def body(self, page: str) -> dict[str, Any]:
        """The answer's JSON."""
        errors = {} if self.errors is None else {"errors": self.errors}
        return {
            "message": self.message,
            **errors,
            "documentation_url": self.page or page,
            "status": str(self.code),
        }


def invalid(resource: str, *, code: str = "custom", field: str = "", message: str = "") -> Refusal:
    """422: a value that cannot be."""
    said = {"resource": resource, "code": code, "field": field, "message": message}
    return Refusal(422, "Validation Failed", errors=[{key: value for key, value in said.items() if value}])


def malformed(problem: str) -> Refusal:
    """422: the request does not have the shape the call asks for."""
    return Refusal(422, f"Invalid request.\n\n{problem}")


def too_long(resource: str) -> Refusal:
    """422: a body of more characters than GitHub stores."""
    if resource == "IssueComment":
        message = f"Body is too long (maximum is {BODY_LIMIT} characters)"
        return invalid(resource, code="unprocessable", field="data", message=message)
    message = f"body is too long (maximum is {BODY_LIMIT} characters)"
    return invalid(resource, field="body", message=message)


def missing() -> Refusal:
    """404: not there, or not for this caller to see."""
    return Refusal(404, "Not Found")


def bad_credentials() -> Refusal:
    """401: a token nobody gave out."""
    return Refusal(401, "Bad credentials", page=DOCS)


def sign_in() -> Refusal:
    """401: nobody can do this without a token."""
    return Refusal(401, "Requires authentication")


def not_accessible(*, personal: bool = False) -> Refusal:
    """403: the token lacks a permission."""
    return Refusal(
        403, f"Resource not accessible by {'personal access token' if personal else 'integration'}"
    )


def no_admin() -> Refusal:
    """403: the person lacks a role."""
    return Refusal(403, "Must have admin rights to Repository.")


def limit_exceeded(who: str, headers: dict[str, str]) -> Refusal:
    """403: the hour's calls are used up; the headers say until when."""
    return Refusal(403, f"API rate limit exceeded for {who}.", page=LIMITS, headers=headers)


def secondary_limit(retry_after: float) -> Refusal:
    """403: too much in too short a time; without a wait named when that is 0."""
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
        "If you reach out to GitHub Support for help, please include the request ID."
    )
    headers = {"retry-after": f"{retry_after:g}"} if retry_after else {}
    page = f"{LIMITS}#about-secondary-rate-limits"
    return Refusal(403, message, page=page, headers=headers)
