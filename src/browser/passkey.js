/**
 * A button that asks the browser for a passkey and sends what it says with the form around it. Without scripts, or in a browser
 * that knows no passkeys, there is no such button, and a code does the same.
 *
 * @param {HTMLElement} button `data-kind` is `make` or `use`, `data-options` what the server asks for, as JSON
 */
export function enhance(button) {
  const { form } = /** @type {HTMLButtonElement} */ (button);
  const { kind, options, failed } = button.dataset;
  const answer = form?.elements.namedItem('answer');
  const known = window.PublicKeyCredential;
  if (!form || !options || !(answer instanceof HTMLInputElement) || !known?.parseRequestOptionsFromJSON) return;
  const said = document.createElement('p');
  said.setAttribute('role', 'status');
  button.after(said);
  button.hidden = false;
  button.addEventListener('click', async () => {
    said.textContent = '';
    try {
      const asked = JSON.parse(options);
      const credential =
        kind === 'make'
          ? await navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(asked) })
          : await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(asked) });
      if (!(credential instanceof PublicKeyCredential)) throw new TypeError('The browser gave no passkey');
      answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      said.textContent = failed ?? '';
    }
  });
}
