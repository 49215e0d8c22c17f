from apps.accounts.services.api_tokens import make_api_token, revoke_api_token, use_api_token
from apps.accounts.services.invitations import accept_invitation, invite_person, withdraw_invitation
from apps.accounts.services.password_links import follow_password_link, make_password_link
from apps.accounts.services.people import (
    change_password,
    change_role,
    create_user,
    deactivate_person,
    reactivate_person,
    save_language,
    save_profile,
)
from apps.accounts.services.sessions import end_session, sign_in, start_session

__all__ = [
    "accept_invitation",
    "change_password",
    "change_role",
    "create_user",
    "deactivate_person",
    "end_session",
    "follow_password_link",
    "invite_person",
    "make_api_token",
    "make_password_link",
    "reactivate_person",
    "revoke_api_token",
    "save_language",
    "save_profile",
    "sign_in",
    "start_session",
    "use_api_token",
    "withdraw_invitation",
]
