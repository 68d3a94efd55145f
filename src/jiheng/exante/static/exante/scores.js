// Live sum of the six scores; on the review page also the conclusion that the total allows and which comments are due.
const table = document.querySelector("[data-scores]");
const figure = (text) => {
  const plain = text.normalize("NFKC").replace(/[,\s分]/g, "");
  return plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain);
};

function count() {
  let sum = 0;
  let given = 0;
  const boxes = [...table.querySelectorAll("[data-score]")];
  boxes.forEach((box) => {
    const score = figure(box.value);
    const most = Number(box.dataset.score);
    const wrong = box.value.trim() !== "" && (score === null || score < 0 || score > most);
    box.setAttribute("aria-invalid", String(wrong));
    if (score !== null) {
      sum += score;
      given += 1;
    }
    const need = box.closest("tr").querySelector("[data-need]");
    if (need) {
      const comment = box.closest("tr").querySelector("textarea");
      need.hidden = score === null || score >= most * Number(table.dataset.below) || comment.value.trim() !== "";
    }
  });
  const whole = given === boxes.length;
  const shown = Math.round(sum * 100) / 100;
  table.querySelector("[data-sum]").value = given ? String(shown) : "—";
  const allowed = table.querySelector("[data-allowed]");
  if (allowed) {
    const best = shown >= Number(table.dataset.full) ? "予以支持" : shown >= Number(table.dataset.part) ? "部分支持" : "不予支持";
    allowed.value = whole ? `按总分最高可为“${best}”` : `还有 ${boxes.length - given} 项没有评分`;
  }
}

if (table) {
  table.addEventListener("input", count);
  count();
}
