from django.urls import path

from apps.assessment.views import ahead, assessor, correcting, importing, leaks, mine, monitor, researcher

app_name = "assessment"
urlpatterns = [
    path("", researcher.index, name="list"),
    path("new/", researcher.create, name="create"),
    path("import/", importing.import_page, name="import"),
    path("judge/", assessor.my_work, name="my_work"),
    path("judge/totals.csv", mine.totals, name="totals"),
    path("judge/languages/", mine.languages, name="languages"),
    path("judge/messages/read/", mine.read, name="read_messages"),
    path("judge/<uuid:public_id>/", assessor.judge, name="judge"),
    path("judge/<uuid:public_id>/guidelines/", mine.guidelines, name="guidelines"),
    path("judge/<uuid:public_id>/examples/<int:example>/<int:number>/", mine.example_picture, name="example_picture"),
    path("judge/<uuid:public_id>/skip/", assessor.skip, name="skip"),
    path("judge/<uuid:public_id>/ahead/", ahead.ahead, name="ahead"),
    path("judge/<uuid:public_id>/renew/", assessor.renew, name="renew"),
    path("judge/<uuid:public_id>/image/<int:number>/", assessor.picture, name="picture"),
    path("judge/<uuid:public_id>/said/", correcting.said, name="said"),
    path("judge/said/<uuid:public_id>/", correcting.correct, name="correct"),
    path("leases/<uuid:public_id>/free/", researcher.free, name="free"),
    path("<uuid:public_id>/", researcher.detail, name="detail"),
    path("<uuid:public_id>/preview/", researcher.preview, name="preview"),
    path("<uuid:public_id>/assessors/", researcher.assessors, name="assessors"),
    path("<uuid:public_id>/leaks/", leaks.leaks, name="leaks"),
    path("<uuid:public_id>/leaks/decide/", leaks.decide, name="decide_leaks"),
    path("rules/", monitor.simulator, name="simulator"),
    path("disagreements/<uuid:public_id>/", monitor.adjudicate, name="adjudicate"),
    path("<uuid:public_id>/monitor/", monitor.monitor, name="monitor"),
    path("<uuid:public_id>/standing/", monitor.stand, name="stand"),
    path("<uuid:public_id>/message/", monitor.message, name="message"),
    path("<uuid:public_id>/payments.csv", monitor.payments, name="payments"),
    path("<uuid:public_id>/rules/", monitor.rules, name="rules"),
    path("<uuid:public_id>/disagreements/", monitor.disagreements, name="disagreements"),
    path("<uuid:public_id>/close/", researcher.close, name="close"),
    path("<uuid:public_id>/reopen/", researcher.reopen, name="reopen"),
]
