from django.urls import path

from recobro.web.views import (
    cases,
    closes,
    home,
    journal,
    loans,
    password,
    people,
    preferences,
    sign_in,
    tokens,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("cases/", cases.ledger, name="cases"),
    path("cases/<int:number>/", cases.case, name="case"),
    path("cases/<int:number>/assign/", cases.assign, name="case-assign"),
    path("loans/", loans.ledger, name="loans"),
    path("loans/export.<str:form>", loans.export, name="loans-export"),
    path("loans/<int:loan_no>/", loans.loan, name="loan"),
    path("loans/<int:loan_no>/why/", loans.why, name="loan-why"),
    path("loans/<int:loan_no>/debtor/", loans.debtor, name="loan-debtor"),
    path("closes/", closes.closes, name="closes"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="people-add"),
    path("journal/", journal.journal, name="journal"),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/password/", password.password, name="password"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/tokens/", tokens.tokens, name="tokens"),
    path("preferences/tokens/<int:number>/end/", tokens.end, name="token-end"),
]
