// Whether the process of this container is ready; without an admin port there is nothing to ask.
const port = process.env.CARILLON_ADMIN_PORT;
if (port) {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  process.exit(response?.ok ? 0 : 1);
}
