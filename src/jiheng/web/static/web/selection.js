// A step on many cases: sent part by part, with a bar, a line for each case, a way to stop and to go on.
(() => {
  const form = document.getElementById("jh-selection");
  if (!form) return;
  const by = (id) => document.getElementById(id);
  const keys = form.dataset.keys.split(",");
  const part = Number(form.dataset.part);
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const results = [];
  let running = false;
  let halted = false;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function line(result) {
    const row = element("tr", "", result.done ? { "data-done": "" } : {});
    const title = element("td");
    title.append(element("a", result.title, { href: result.url }), element("div", result.code, { class: "jh-sub" }));
    row.append(title, element("td", result.holder, { "data-label": "单位" }));
    row.append(element("td", result.done ? "已办理" : "未办理", { class: result.done ? "" : "jh-wrong", "data-label": "结果" }));
    const told = element("td", result.state);
    if (result.reasons.length) {
      const list = element("ul", "", { class: "jh-reasons" });
      for (const reason of result.reasons) {
        const item = element("li", reason.text + (reason.article ? `（规程第${reason.article}条）` : ""));
        if (reason.next) item.append(" ", element("span", reason.next, { class: "jh-next" }));
        if (reason.link) item.append(" ", element("a", "去看看", { href: reason.link }));
        list.append(item);
      }
      told.append(list);
    }
    row.append(told);
    return row;
  }

  function tell(words) {
    const done = results.filter((each) => each.done).length;
    by("selection-progress").value = results.length;
    by("selection-told").textContent = `${words}已办理 ${done} 件，未办理 ${results.length - done} 件，共 ${keys.length} 件。`;
  }

  function fail(words) {
    by("selection-error").textContent = words;
    by("selection-error").hidden = false;
  }

  async function run() {
    const given = new FormData(form);
    running = true;
    halted = false;
    by("selection-error").hidden = true;
    by("selection-go").disabled = true;
    by("selection-stop").hidden = false;
    while (results.length < keys.length && !halted) {
      const body = new FormData();
      for (const [key, value] of given) body.append(key, value);
      const some = keys.slice(results.length, results.length + part);
      body.append("case", some.join(","));
      let answer;
      try {
        const response = await fetch(form.dataset.url, { method: "POST", body, headers: { "X-CSRFToken": token } });
        answer = await response.json();
        if (!response.ok) throw new Error(answer.missing || "");
      } catch (error) {
        fail(error.message && !/JSON|fetch/i.test(error.message) ? error.message : "连接断了，已办的不受影响。请按“接着办”。");
        break;
      }
      by("selection-results").hidden = false;
      // A case that can't be seen any more has no line; it still counts as passed.
      while (answer.results.length < some.length) answer.results.push({ title: "已看不到的事项", code: "", holder: "", url: "#", done: false, state: "", reasons: [] });
      results.push(...answer.results);
      by("selection-rows").append(...answer.results.map(line));
      tell("正在办理：");
    }
    running = false;
    by("selection-stop").hidden = true;
    const left = keys.length - results.length;
    by("selection-go").disabled = left === 0;
    if (left) by("selection-go").textContent = results.length ? `接着办余下的 ${left} 件` : by("selection-go").textContent;
    if (results.length) tell(left ? "停下了：" : "办完了：");
    by("selection-back").textContent = "回到清单";
    by("selection-export").querySelector("button").disabled = !results.length;
    if (!left) by("results").focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!running) run();
  });
  by("selection-stop").addEventListener("click", () => { halted = true; });
  by("selection-refused").addEventListener("change", (event) => by("selection-rows").classList.toggle("jh-only-refused", event.target.checked));
  by("selection-export").addEventListener("submit", (event) => {
    event.target.elements.results.value = JSON.stringify(results);
  });
  window.addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
})();
