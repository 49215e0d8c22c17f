from django.urls import path

from apps.accounts.views import api_tokens, language, passwords, people, profile, sessions

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path("invitation/<str:token>/", sessions.accept, name="accept"),
    path("password/<uuid:person>/<str:token>/", passwords.new_password, name="new_password"),
    path("language/", language.language, name="language"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.password, name="password"),
    path("tokens/", api_tokens.api_tokens, name="api_tokens"),
    path("tokens/<uuid:token>/revoke/", api_tokens.revoke, name="revoke_api_token"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:person>/", people.person, name="person"),
    path("people/<uuid:person>/role/", people.change_role, name="change_role"),
    path("people/<uuid:person>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<uuid:person>/reactivate/", people.reactivate, name="reactivate"),
    path("people/<uuid:person>/password-link/", passwords.make_link, name="make_password_link"),
    path("invitations/<uuid:invitation>/withdraw/", people.withdraw, name="withdraw"),
]
