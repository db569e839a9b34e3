"""The accounts of a demo, and who may be signed in without a password there."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User

# A domain that can belong to nobody (RFC 2606): it marks the accounts that a demo made.
DEMO_DOMAIN = "demo.invalid"


class DemoAccount(NamedTuple):
    """An account of the demo; its password is known to everyone."""

    username: str
    first_name: str
    last_name: str
    password: str
    is_staff: bool = False


LEAD = DemoAccount("lia", "Lia", "Lead", "demo-lia-2026")
REVIEWER = DemoAccount("remy", "Remy", "Reviewer", "demo-remy-2026")
VIEWER = DemoAccount("vera", "Vera", "Viewer", "demo-vera-2026")
ADMINISTRATOR = DemoAccount("ada", "Ada", "Administrator", "demo-ada-2026", is_staff=True)
ACCOUNTS = (LEAD, REVIEWER, VIEWER, ADMINISTRATOR)


def demo_users() -> list[User]:
    """The accounts, made where they are missing, in the order of ACCOUNTS."""
    return [_demo_user(account) for account in ACCOUNTS]


def has_other_users() -> bool:
    """Whether anybody has an account here whom no demo made."""
    return User.objects.exclude(email__endswith=f"@{DEMO_DOMAIN}").exists()


def visitor_account() -> User | None:
    """
    The demo lead, for a visitor who has not signed in; None unless this run is a demo (setting DEMO).

    Never an account that the demo did not make, nor one with further rights, whatever its name.
    """
    if not settings.DEMO:
        return None
    return User.objects.filter(
        username=LEAD.username,
        email=f"{LEAD.username}@{DEMO_DOMAIN}",
        is_active=True,
        is_staff=False,
        is_superuser=False,
    ).first()


def _demo_user(account: DemoAccount) -> User:
    email = f"{account.username}@{DEMO_DOMAIN}"
    user = User.objects.filter(username=account.username).first()
    if user is None:
        return User.objects.create_user(
            account.username,
            email,
            account.password,
            first_name=account.first_name,
            last_name=account.last_name,
            is_staff=account.is_staff,
            is_superuser=account.is_staff,
        )
    if user.email != email:
        raise ValueError(f"“{account.username}” is an account that no demo made")
    return user
