// Finding and reading rule files: names, imports, files of ops; what cannot be read.
#include "engine/program/shipped.hpp"
#include "tests/program/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace dqrewrite;

namespace {

namespace fs = std::filesystem;

// A folder for the rule files of a test.
class Folder {
public:
    std::string operator/(const std::string& name) const { return scratch_.path(name); }
    std::string write(const std::string& name, const std::string& text) const {
        fs::create_directories(fs::path(*this / name).parent_path());
        test::write_file(*this / name, text);
        return *this / name;
    }
    // What loading and checking says, without the folder's name.
    std::string said(const std::string& file) const {
        return test::render_all(test::check_file(file).diagnostics, scratch_.folder().string() + "/");
    }

private:
    test::Scratch scratch_;
};

std::vector<std::string> names(const RuleFiles& files) {
    std::vector<std::string> names;
    for (const RuleFile& file : files.files) names.push_back(fs::path(file.source->name()).filename().string());
    return names;
}

RuleFiles load(const std::string& file_or_name) {
    RuleFiles files = load_rules(file_or_name);
    CHECK(test::render_all(files.diagnostics) == "");
    return files;
}

const char* const relu = "ops relu = aten.relu.default\n";

}  // namespace

TEST_CASE("a name is a shipped rule file, in whatever folder of rules/ it lies") {
    for (const std::string& name : shipped_rule_names()) {
        INFO(name);
        CheckedRules rules = test::check_file(name);
        CHECK_FALSE(rules.unreadable);
        CHECK(rules.program);
    }
    CHECK(names(load("duplicate_dq")) == std::vector<std::string>{"duplicate_dq.rules", "pt2e.rules"});
}

TEST_CASE("a shipped rule file is the same without its tests") {
    for (const std::string& name : shipped_rule_names()) {
        INFO(name);
        const CheckedRules whole = check_rules(load(name));
        const CheckedRules rules = check_rules(load_rules(name, ShippedTests::left_out));
        CHECK(test::render_all(rules.diagnostics) == "");
        REQUIRE((whole.program && rules.program));
        CHECK(rules.program->tests.empty());
        CHECK(rules.program->rules.size() == whole.program->rules.size());
        CHECK(rules.program->passes.size() == whole.program->passes.size());
    }
}

TEST_CASE("of a file that does not ship the tests are read, whoever asks") {
    const Folder folder;
    const std::string file = folder.write("a.rules", "pass P { eliminate dead code }\ntest \"t\" { run");
    const RuleFiles files = load_rules(file, ShippedTests::left_out);
    CHECK_FALSE(files.tests_left_out);
    CHECK(files.diagnostics.size() == 1);
}

TEST_CASE("names of shipped rule files are sorted, each once") {
    std::vector<std::string> all = shipped_rule_names();
    CHECK(std::is_sorted(all.begin(), all.end()));
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK(std::count(all.begin(), all.end(), "duplicate_dq") == 1);
}

TEST_CASE("what ships is what lies in rules/, byte for byte") {
    for (const ShippedFile& file : shipped_files()) {
        INFO(file.path);
        CHECK(std::string(file.text) ==
              test::read_file(std::string(DQREWRITE_SOURCE_DIR) + "/rules/" + std::string(file.path)));
    }
    REQUIRE(find_shipped("pytorch.ops"));
    CHECK(find_shipped("ops/pytorch.ops") == nullptr);
}

TEST_CASE("an unknown name lists what there is, if none is near") {
    CheckedRules rules = test::check_file("no_rules_of_this_name");
    CHECK(rules.unreadable);
    std::string said = test::render_all(rules.diagnostics);
    CHECK(said.starts_with("error: there are no shipped rules called \"no_rules_of_this_name\"; there are: "));
    for (const std::string& name : shipped_rule_names()) CHECK(said.find(name) != std::string::npos);
    CHECK(test::render_all(test::check_file("duplicate_dp").diagnostics) ==
          "error: there are no shipped rules called \"duplicate_dp\", did you mean \"duplicate_dq\"? "
          "[unknown-rules]\n");
}

TEST_CASE("files that cannot be read") {
    Folder folder;
    fs::create_directories(folder / "directory.rules");
    const std::pair<std::string, std::string> rows[] = {
        {folder / "missing.rules", "error: cannot read \"missing.rules\": No such file or directory [cannot-read]\n"},
        {folder / "no/such/folder",
         "error: cannot read \"no/such/folder\": No such file or directory [cannot-read]\n"},
        {folder / "directory.rules", "error: cannot read \"directory.rules\": it is a directory [cannot-read]\n"},
    };
    for (const auto& [file, said] : rows) {
        INFO(file);
        CHECK(test::check_file(file).unreadable);
        CHECK(folder.said(file) == said);
    }
}

TEST_CASE("an empty file is a rule file without rules") {
    Folder folder;
    CheckedRules rules = test::check_file(folder.write("empty.rules", ""));
    REQUIRE(rules.program);
    CHECK(rules.program->rules.empty());
    CHECK(rules.program->passes.empty());
    CHECK(rules.diagnostics.empty());
}

TEST_CASE("an import is looked up beside the importing file, then among the shipped ones") {
    Folder folder;
    std::string file = folder.write("a.rules", "import \"pt2e.rules\"\n");
    CHECK(load(file).files[1].source->name() == "rules/pt2e.rules");
    folder.write("pt2e.rules", relu);
    CHECK(load(file).files[1].source->name() == folder / "pt2e.rules");
}

TEST_CASE("an import of an import is looked up beside that") {
    Folder folder;
    std::string file = folder.write("a.rules", "import \"sub/b.rules\"\n");
    folder.write("sub/b.rules", "import \"c.rules\"\n");
    folder.write("sub/c.rules", relu);
    folder.write("c.rules", "ops wrong = aten.wrong.default\n");
    CHECK(names(load(file)) == std::vector<std::string>{"a.rules", "b.rules", "c.rules"});
    CHECK(folder.said(file) == "");
}

TEST_CASE("a file that is imported twice, by whatever path, is read once") {
    Folder folder;
    std::string file =
        folder.write("a.rules", "import \"b.rules\"\nimport \"c.rules\"\nimport \"./sub/../b.rules\"\n");
    fs::create_directories(folder / "sub");
    folder.write("b.rules", relu);
    folder.write("c.rules", "import \"b.rules\"\n");
    fs::create_symlink("b.rules", folder / "link.rules");
    folder.write("d.rules", "import \"link.rules\"\nimport \"b.rules\"\n");
    CHECK(names(load(file)) == std::vector<std::string>{"a.rules", "b.rules", "c.rules"});
    CHECK(folder.said(file) == "");
    CHECK(folder.said(folder / "d.rules") == "");
}

TEST_CASE("shipped files import shipped files alone") {
    CHECK(load_rules_text("typed.rules", "import \"pt2e.rules\"\n").diagnostics.empty());
    RuleFiles files = load_rules_text("typed.rules", "import \"CMakeLists.txt\"\n");
    CHECK(test::render_all(files.diagnostics) ==
          "typed.rules:1:8: error: there is no file \"CMakeLists.txt\" among the shipped rules [unknown-import]\n"
          "    import \"CMakeLists.txt\"\n"
          "           ^^^^^^^^^^^^^^^^\n");
}

TEST_CASE("a path with a NUL is no file's") {
    RuleFiles files = load_rules_text("a.rules", "import \"pt2e.rules\\0x\"\n");
    REQUIRE(files.diagnostics.size() == 1);
    CHECK(files.diagnostics[0].code == "unknown-import");
    Folder folder;
    std::string file = folder.write("a.rules", "import \"b.rules\\0\"\n");
    folder.write("b.rules", relu);
    CHECK(folder.said(file).find("there is no file") != std::string::npos);
}

TEST_CASE("at most a thousand imports") {
    Folder folder;
    std::string imports;
    for (int i = 0; i < 1001; ++i) {
        std::string name = "part" + std::to_string(i) + ".rules";
        imports += "import \"" + name + "\"\n";
        folder.write(name, "");
    }
    std::string said = folder.said(folder.write("a.rules", imports));
    CHECK(said ==
          "a.rules:1001:8: error: more than 1000 imports, those of imported files counted [too-many-imports]\n"
          "    import \"part1000.rules\"\n"
          "           ^^^^^^^^^^^^^^^^\n");
}

TEST_CASE("a long chain of imports is read") {
    Folder folder;
    for (int i = 0; i < 900; ++i)
        folder.write("part" + std::to_string(i) + ".rules", "import \"part" + std::to_string(i + 1) + ".rules\"\n");
    folder.write("part900.rules", relu);
    CHECK(load(folder / "part0.rules").files.size() == 901);
}

TEST_CASE("files of ops") {
    Folder folder;
    folder.write(
        "mine.ops",
        "# mine\n\nmine::scale(Tensor self, int factor=1) -> Tensor\r\n  mine::log(str s) -> (); impure\nhelper.f\n");
    std::string file = folder.write(
        "a.rules", "import \"mine.ops\"\nrule r { mine.scale.default(x, 2) => x }\npass P { sweep r }\n");
    CheckedRules rules = test::check_file(file);
    CHECK(test::render_all(rules.diagnostics) == "");
    REQUIRE(rules.program);
    CHECK(rules.program->declarations->find("torch.ops.mine.log.default")->impure);
    CHECK(rules.program->declarations->find("helper.f"));
    CHECK_FALSE(rules.program->declarations->find("torch.ops.mine.nothing.default"));
}

TEST_CASE("of a file of ops with bad lines nothing is used, and at most a hundred are said") {
    Folder folder;
    std::string lines = "mine::good(Tensor self) -> Tensor\n";
    for (int i = 0; i < 5000; ++i) lines += "mine::bad(Tensor\n";
    folder.write("mine.ops", lines);
    RuleFiles files = load_rules(folder.write("a.rules", "import \"mine.ops\"\n"));
    CHECK(files.diagnostics.size() == 101);
    CHECK(files.diagnostics.back().message == "4900 more errors are not shown");
    CHECK_FALSE(files.declarations->find("torch.ops.mine.good.default"));
}

TEST_CASE("a program outlives what it was read from") {
    Folder folder;
    folder.write("mine.ops", "mine::scale(Tensor self, int factor=1) -> Tensor\n");
    std::shared_ptr<const program::Program> program =
        test::check_file(
            folder.write("a.rules",
                         "import \"mine.ops\"\nrule r { mine.scale.default(x) => x }\npass P { sweep r }\n"))
            .program;
    REQUIRE(program);
    fs::remove(folder / "mine.ops");
    CHECK(program->declarations->find("torch.ops.mine.scale.default")->schema ==
          "mine::scale(Tensor self, int factor=1) -> Tensor");
    CHECK(program->sources[program->rules[0].location.file]->text(program->rules[0].location.span) == "r");
}

TEST_CASE("a text imports the texts beside it") {
    RuleFiles files = load_rules_text(
        "a.rules", "import \"b.rules\"\nimport \"mylib.ops\"\n",
        {{"b.rules", "import \"a.ops\"\n"}, {"mylib.ops", "mylib::f(Tensor self) -> Tensor\n"}, {"a.ops", ""}});
    CHECK(files.diagnostics.empty());
    CHECK(files.files.size() == 2);
    CHECK(files.declarations->find("torch.ops.mylib.f.default"));
    CHECK(load_rules_text("a.rules", "import \"c.rules\"\n", {{"b.rules", ""}}).diagnostics.size() == 1);
}
