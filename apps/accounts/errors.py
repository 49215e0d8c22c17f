"""What people can do wrong here; the text is shown to them."""

from django.utils.translation import gettext_lazy as _


class AccountError(Exception):
    """`str(error)` is a sentence for the person who caused it."""

    sentence = _("This was refused.")

    def __str__(self) -> str:
        return str(self.sentence)


class WrongCredentials(AccountError):
    sentence = _("The e-mail and the password do not belong together. Check both and try again.")


class TooManyAttempts(AccountError):
    sentence = _("There were too many attempts. Please wait.")

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class EmailTaken(AccountError):
    sentence = _("Somebody with this e-mail has an account already.")


class InvitationGone(AccountError):
    sentence = _("This invitation was used, withdrawn or has run out. Ask the person who sent it for a new one.")


class PasswordLinkGone(AccountError):
    sentence = _("This link was used or is no longer valid. Ask an admin for a new one.")


class NoPasswordLink(AccountError):
    sentence = _("A link for a new password can only be made for another active person, not for yourself or a program.")


class OwnAccount(AccountError):
    sentence = _("You cannot change your own role or deactivate yourself. Ask another admin.")


class NoApiToken(AccountError):
    sentence = _("API tokens are for active researchers and admins.")


class TokenNameTaken(AccountError):
    sentence = _("You have a token of this name. Revoke it first, or take another name.")
