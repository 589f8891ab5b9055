// The secret follows a #, which no request has in it: it goes from there into the form, and out of the address.
const link = document.getElementById("link"), secret = location.hash.slice(1);
if (secret) history.replaceState(null, "", location.pathname);
if (secret && link) { link.value = secret; link.form.requestSubmit(); }
