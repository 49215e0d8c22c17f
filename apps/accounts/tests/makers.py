from apps.accounts.models import User

PASSWORD = "correct horse battery"


def make_user(email: str, *, role: str = "assessor", name: str = "", simulated: bool = False) -> User:
    return User.objects.create_user(
        email, PASSWORD, role=role, name=name or email.partition("@")[0].title(), simulated=simulated
    )
