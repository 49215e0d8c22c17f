def plain_email(email: str) -> str:
    """The one spelling under which an e-mail is kept, looked up and counted. SQL's UPPER joins more letters."""
    return email.strip().lower()
