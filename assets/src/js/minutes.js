import "../css/minutes.css";

/** So long after the last key what was typed is sent, and while somebody goes on typing at least every so often. */
const PAUSE = 600;
const AT_LEAST = 1500;
/** What did not arrive is sent again after so long. */
const AGAIN = 3000;
/** A page that is left may send this much and no more. */
const LAST_BYTES = 60_000;

/** One part of the minutes: what stands in its box, and what it was typed upon. */
class Part {
  constructor(form, words) {
    this.form = form;
    this.words = words;
    this.area = form.elements.text;
    this.state = form.querySelector("[data-state]");
    const section = form.closest("section");
    this.preview = section.querySelector("[data-preview]");
    this.place = section.querySelector("[data-conflict-place]");
    this.base = Number(form.elements.base.value);
    this.before = form.elements.before.value;
    // A browser that comes back to the page may have kept what was typed.
    if (this.dirty) this.typed();
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("blur", () => this.save());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.place.addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose(event.target);
    });
  }

  get dirty() {
    return this.area.value !== this.before;
  }

  typed() {
    this.say(this.words.waiting);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), PAUSE);
    this.atLeast ??= setTimeout(() => this.save(), AT_LEAST);
  }

  /** Send what stands in the box; `last`: the page is being left, and nobody hears the answer. */
  save({ last = false, chosen } = {}) {
    clearTimeout(this.pause);
    clearTimeout(this.atLeast);
    this.atLeast = undefined;
    const asked = this.place.firstChild && this.area.value === this.sent;
    if (chosen === undefined && (!this.dirty || asked)) return Promise.resolve();
    if (this.busy && !last) {
      this.next = chosen ?? this.next;
      this.waits = true;
      return this.busy;
    }
    const sent = this.send(this.area.value, { last, chosen });
    if (!last) this.busy = sent.finally(() => this.after());
    return sent;
  }

  after() {
    this.busy = undefined;
    if (!this.waits) return;
    this.waits = false;
    const chosen = this.next;
    this.next = undefined;
    this.save({ chosen });
  }

  async send(text, { last, chosen }) {
    this.sent = text;
    const body = new URLSearchParams({
      csrf_token: this.form.elements.csrf_token.value,
      text,
      base: chosen ?? this.base,
    });
    if (chosen !== undefined) body.set("chosen", "1");
    else body.set("before", this.before);
    if (last && body.toString().length > LAST_BYTES) body.delete("before");
    this.say(this.words.saving);
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body,
        keepalive: last,
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      await this.answered(response, text);
    } catch {
      this.fail(this.words.offline);
    }
  }

  async answered(response, text) {
    if (response.status >= 500) return this.fail(this.words.offline);
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (!isJson) return this.say(this.words.lost, "warning");
    const answer = await response.json();
    if (answer.outcome === "refused") return this.say(answer.sentence, "warning");
    if (answer.outcome === "conflict") return this.collide(answer);
    this.settle(answer, text);
  }

  /** Take over what the server keeps, without moving what somebody types meanwhile. */
  settle(answer, text) {
    this.place.replaceChildren();
    this.preview.innerHTML = answer.html;
    const merged = answer.outcome === "merged";
    if (this.area.value === text) {
      this.write(answer.text);
      this.before = answer.text;
      this.base = answer.revision;
    } else {
      // They go on from what they had sent: what others wrote is put in when this is saved.
      this.before = text;
      this.base = answer.text === text ? answer.revision : -1;
      this.typed();
    }
    this.say(merged ? `${answer.words}, ${this.words.merged}` : answer.words);
  }

  /** Put other words into the box and leave the caret at the words where it stood. */
  write(text) {
    const { value, selectionStart: start, selectionEnd: end } = this.area;
    if (text === value) return;
    let same = 0;
    while (same < start && text[same] === value[same]) same += 1;
    const shift = same < start ? text.length - value.length : 0;
    this.area.value = text;
    if (document.activeElement === this.area) this.area.setSelectionRange(start + shift, end + shift);
  }

  collide(answer) {
    this.say(this.words.conflict, "warning");
    if (this.place.firstChild && this.theirs === answer.text) {
      // The same question still stands; somebody may be about to press its button.
      this.place.querySelectorAll("[name=base]").forEach((field) => (field.value = answer.revision));
      return;
    }
    this.theirs = answer.text;
    this.place.innerHTML = answer.conflict;
  }

  choose(form) {
    const choice = form.dataset.choice;
    const revision = Number(form.elements.base.value);
    const mine = this.area.value;
    if (choice === "theirs") this.area.value = this.theirs;
    if (choice === "both") this.area.value = `${this.theirs}\n\n${mine}`;
    this.save({ chosen: revision });
    this.area.focus();
  }

  fail(words) {
    this.say(words, "warning");
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), AGAIN);
  }

  say(words, tone = "") {
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.dataset.tone = tone;
  }
}

/** Save what is typed as it is typed, so that a tab that dies takes no more than two seconds along. */
function write(place) {
  const parts = [...place.querySelectorAll("form[data-part]")].map((form) => new Part(form, place.dataset));
  const leave = () => parts.forEach((part) => part.save({ last: true }));
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  window.addEventListener("online", () => parts.forEach((part) => part.save()));
  window.addEventListener("beforeunload", (event) => {
    // What waits is sent by `leave`; only what cannot be sent is worth a question.
    if (!navigator.onLine && parts.some((part) => part.dirty)) event.preventDefault();
  });
  saveBefore(parts);
}

/** Have a form that leads elsewhere wait until what was typed has arrived. */
function saveBefore(parts) {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const waits = parts.some((part) => part.dirty || part.busy);
      if (form.matches("[data-part], [data-choice]") || form.saved || !waits) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      form.saved = true;
      Promise.allSettled(parts.map((part) => part.save())).then(() => form.requestSubmit(event.submitter));
    },
    { capture: true },
  );
}

document.querySelectorAll("[data-writing]").forEach(write);
