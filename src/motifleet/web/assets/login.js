"use strict";
// The viewer's time zone goes along; a token after # never reaches a server's log.
document.cookie = `motifleet_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=strict`;
const target = document.querySelector("#password [name=next]").value;
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState({}, "", location.pathname + location.search);
  const form = document.getElementById("owner");
  form.elements.token.value = token;
  form.submit();
} else if (!document.querySelector(".wrong")) {
  // A link from elsewhere comes without the cookie, though its owner may well be logged in.
  fetch("alive").then((answer) => { if (answer.status === 204) location.replace(target); });
}
