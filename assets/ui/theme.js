// Before the first paint: a chosen theme must not flash the other one. The program itself comes later.
try {
  const root = document.documentElement;
  const theme = localStorage.getItem("beseda.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const locale = localStorage.getItem("beseda.locale");
  if (locale) root.lang = locale;
} catch {
  // A browser that keeps nothing has no chosen theme.
}
