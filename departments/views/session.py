"""Logging in and out, and a person's own password."""

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect

from departments import services
from departments.forms.people import LoginForm, OwnPasswordForm

login = login_not_required(
    auth_views.LoginView.as_view(authentication_form=LoginForm, redirect_authenticated_user=True)
)
logout = login_not_required(auth_views.LogoutView.as_view())


class OwnPassword(auth_views.PasswordChangeView):
    """Change one's own password; after a one-time password this comes before everything else."""

    form_class = OwnPasswordForm

    def form_valid(self, form):
        services.change_own_password(form.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, form.user)
        return HttpResponseRedirect(self.get_success_url())


own_password = OwnPassword.as_view()
own_password_done = auth_views.PasswordChangeDoneView.as_view()
