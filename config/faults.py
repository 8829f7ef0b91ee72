"""Reports of faults to Sentry, or to what speaks its protocol: where they happened, not what people wrote."""

from typing import Any

from config.logs import DETAIL


def report(dsn: str) -> None:
    """Reports each line of the level ERROR from now on; nothing without an address."""
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    # What looks into requests, queries and local variables is left out: that is where texts and names are.
    sentry_sdk.init(
        dsn=dsn,
        default_integrations=False,
        integrations=[LoggingIntegration(level=None), AtexitIntegration(callback=lambda pending, timeout: None)],
        before_send=_without_texts,
        include_local_variables=False,
        max_breadcrumbs=0,
        send_default_pii=False,
    )


def _without_texts(event: Any, hint: Any) -> Any:
    event.pop("extra", None)
    for fault in event.get("exception", {}).get("values", []):
        fault["value"] = DETAIL.sub("DETAIL: left out", fault.get("value") or "")
    return event
