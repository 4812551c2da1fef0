"""One document: its parts, what is said in it, and whether that is so. See tests/docs/run."""
import os, re, shutil, subprocess, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("./ops/demo", "./ops/test", "./ops/bench")  # known to exist; run by others
EVERYWHERE = {"-C", "--coalition", "--json", "--help", "-h", "--version"}
MARK = "@@end of command@@"
ROOMS = r"(?:hub|sdk|plugins|mappings|tests|examples|ops|\.ci)/"


def out(*command, **more):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, check=False, **more).stdout


def tracked(*patterns):
    return out("git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard",
               *patterns).splitlines()


class Document:
    def __init__(self, name, build):
        self.name, self.build, self.passed, self.wrong = name, build, 0, []
        self.prose, self.blocks = [], []  # (line, text), (line, language, file, lines)
        block = None
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1):
            fence = re.match(r"\s*```(\S*) ?(\S*)", line)
            if fence and block is None:
                block = (number, fence[1], fence[2], [])
            elif fence:
                self.blocks.append(block)
                block = None
            elif block:
                block[3].append(line)
            else:
                self.prose.append((number, line))

    def judge(self, good, line, complaint):
        self.passed += bool(good)
        if not good:
            self.wrong.append(f"{self.name}:{line}: {complaint}")

    def commands(self):
        """(line, command, output) of the console blocks."""
        for at, language, _, lines in self.blocks:
            found = []
            for number, line in enumerate(lines, at + 1):
                if line.startswith("$ "):
                    found.append((number, [line[2:]], []))
                elif line.startswith("> ") and found and not found[-1][2]:
                    found[-1][1].append(line[2:])
                elif found:
                    found[-1][2].append(line)
            if language == "console":
                yield at, [(n, "\n".join(command), want) for n, command, want in found]

    def check_names(self, copy):
        """What is named in prose and in blocks that are shown only."""
        for number, line in self.prose:
            for link in re.findall(r"\]\(([^)#]+)[^)]*\)", line):
                there = ":" in link or (ROOT / self.name).parent.joinpath(link).exists()
                self.judge(there, number, f"the link leads nowhere: {link}")
            for code in re.findall(r"`([^`]+)`", line):
                self.check_command(number, code)
                if re.fullmatch(ROOMS + r"[\w./-]+", code):
                    here = Path(self.name).parent
                    there = any((base / code).exists() for base in (copy, copy / here))
                    self.judge(there, number, f"there is no file {code}")
        for at, language, file, lines in self.blocks:
            for number, line in enumerate(lines, at + 1):
                if language in ("", "sh", "console") and not file:
                    self.check_command(number, line[2:] if line.startswith("$ ") else line)

    def check_command(self, number, text):
        text = re.split(r"[|;&#]", text)[0]
        words = text.split() or [""]
        program = ROOT / words[0] if words[0].startswith("./ops/") else self.build / "bin" / words[0]
        if words[0].startswith("./ops/") and not os.access(program, os.X_OK):
            return self.judge(False, number, f"there is no {words[0]}")
        if not program.is_file() or "/" in words[0][6:]:
            return
        below, help_text = [], out(str(program), "--help", cwd=ROOT)
        rest = [w for w in words[1:] if w != "-C" and not (words[words.index(w) - 1] == "-C")]
        while "\nSubcommands:" in help_text and rest and not rest[0].startswith("-"):
            known = re.findall(r"^  (\w\S*)", help_text.split("\nSubcommands:")[1], re.M)
            if rest[0] not in known and not rest[0].isupper() and rest[0] != "…":
                return self.judge(False, number, f"there is no command {words[0]} {' '.join(below + rest[:1])}")
            below.append(rest.pop(0))
            help_text = out(str(program), *below, "--help", cwd=ROOT)
        for option in re.findall(r"(?<!\S)--?[a-zA-Z][\w-]*", text):
            known = re.search(rf"(?<![\w-]){option}(?![\w-])", help_text) or option in EVERYWHERE
            self.judge(known, number, f"{' '.join([words[0], *below])} has no option {option}")
        for suite in re.findall(r"\./ops/test.* --suite ([a-z_]+)", text):
            self.judge(suite in out("./ops/test", "--list", cwd=ROOT).split(), number, f"there is no suite {suite}")
        self.passed += 1

    def run(self, copy):
        script, ran = ["exec 2>&1"], []
        shown = dict(self.commands())
        for at, language, file, lines in self.blocks:
            text = "\n".join(lines)
            if file:
                script.append(f"mkdir -p \"$(dirname '{file}')\"; cat >'{file}' <<'{MARK}'\n{text}\n{MARK}")
            elif language == "diff":
                ran.append((at, "git apply", []))
                script.append(f"git apply - <<'{MARK}'\n{text}\n{MARK}\necho '{MARK}'")
            for number, command, want in shown.get(at, []):
                if not command.startswith(HEAVY):
                    ran.append((number, command, want))
                    script.append(f"{command}\necho '{MARK}'")
        if not ran:
            return
        path = f"{self.build / 'bin'}:{os.environ['PATH']}"
        came = out("bash", "-c", "\n".join(script), cwd=copy, env={**os.environ, "PATH": path})
        pieces = came.split(MARK + "\n")
        for i, (number, command, want) in enumerate(ran):
            piece = pieces[i] if i < len(pieces) - 1 else came[-500:] + "(the shell has ended)"
            got = [line.rstrip() for line in piece.replace(str(copy), "").splitlines()]
            pattern = "".join(r"(?:.*\n)*?" if line.strip() == "…" else
                              re.escape(line.rstrip()).replace("…", ".*?") + r"\n" for line in want)
            good = re.fullmatch(pattern, "".join(line + "\n" for line in got))
            self.judge(good, number, "\n  ".join([f"$ {command}", "shown:", *want, "came:", *got[:40]]))

    def check(self):
        with tempfile.TemporaryDirectory(prefix="concord_docs_") as folder:
            copy = ROOT
            if any(language in ("console", "diff") or file for _, language, file, _ in self.blocks):
                copy = Path(folder)
                for file in tracked():
                    if (ROOT / file).is_file():
                        (copy / file).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy2(ROOT / file, copy / file)
            self.run(copy)
            self.check_names(copy)
        return self
