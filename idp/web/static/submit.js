// Posts the form that carries an authorization response to the service.
document.querySelector('form[data-submit="now"]')?.submit();
