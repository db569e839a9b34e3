from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """
    The address that the request came from.

    Of X-Forwarded-For only the entries of our own PROXIES are believed: what stands before them, the visitor can write.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.PROXIES
    if proxies:
        entries: list[str] = [
            entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()
        ]
        if len(entries) >= proxies:
            return entries[-proxies]
    return address
