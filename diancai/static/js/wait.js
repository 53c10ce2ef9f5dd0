// 正在核对: asks again by itself. Without scripts the page's own refresh does.
import { onPage } from "./page.js";

onPage((main) => {
  if (!main.dataset.refreshUrl) return;
  setTimeout(() => {
    if (main.isConnected) location.replace(main.dataset.refreshUrl);
  }, 1000 * Number(main.dataset.refreshSeconds));
});
