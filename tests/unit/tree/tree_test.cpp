// The rules, on the tree as it is. The list of files is the source folder's without what .gitignore names.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "unit/tree/lines.hpp"
#include "unit/tree/rules.hpp"

namespace partnerd::tree {

namespace {

namespace fs = std::filesystem;

std::string read(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool is_binary(std::string_view path) { return has_extension(path, {".gz", ".png", ".ico", ".woff2", ".db", ".so", ".o", ".pyc", ".pdf"}); }

// The folders that .gitignore names, "/build/" or "node_modules/".
std::set<std::string> ignored_folders(fs::path const& root) {
    std::set<std::string> names = {".git"};
    for_each_line(read(root / ".gitignore"), [&](int, std::string_view line) {
        if (line.starts_with('/')) line.remove_prefix(1);
        if (line.ends_with('/')) names.emplace(line.substr(0, line.size() - 1));
    });
    return names;
}

std::vector<File> const& files() {
    static auto const all = [] {
        fs::path const root(PARTNERD_SOURCE_DIR);
        auto const ignored = ignored_folders(root);
        std::vector<File> found;
        for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
            bool const folder = at->is_directory();
            if (folder && ignored.contains(at->path().filename().string())) at.disable_recursion_pending();
            auto const path = fs::relative(at->path(), root).generic_string();
            if (!folder && at->is_regular_file() && !is_binary(path) && path != ".git") found.push_back({path, read(at->path())});
        }
        return found;
    }();
    return all;
}

void require_none(std::function<Violations(File const&)> const& rule) {
    for (auto const& file : files())
        for (auto const& violation : rule(file)) BOOST_ERROR(violation);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(source_tree)

BOOST_AUTO_TEST_CASE(the_files_are_found) {
    for (auto const* path : {"server/layers.txt", "server/main.cpp", "tests/unit/tree/tree_test.cpp", "README.md", "run", "test"})
        BOOST_TEST(std::any_of(files().begin(), files().end(), [&](File const& file) { return file.path == path; }), path);
    BOOST_TEST(std::none_of(files().begin(), files().end(),
                            [](File const& file) { return file.path.starts_with("build/") || file.path.starts_with(".git/"); }));
}

BOOST_AUTO_TEST_CASE(includes_go_down_the_layers) {
    auto const layers = read_layers(read(fs::path(PARTNERD_SOURCE_DIR) / "server/layers.txt"));
    BOOST_TEST(layers.size() > 10U);
    require_none([&](File const& file) { return check_layers(file, layers); });
}
BOOST_AUTO_TEST_CASE(each_library_stays_in_its_folder) { require_none(check_libraries); }
BOOST_AUTO_TEST_CASE(plugins_use_only_the_plugin_api) { require_none(check_plugin_includes); }
BOOST_AUTO_TEST_CASE(there_are_no_coroutines) { require_none(check_coroutines); }
BOOST_AUTO_TEST_CASE(names_say_what_is_in_the_file) { require_none(check_name); }
BOOST_AUTO_TEST_CASE(no_word_of_unfinished_work_is_left) { require_none(check_words); }
BOOST_AUTO_TEST_CASE(functions_and_files_are_short) { require_none(check_length); }
BOOST_AUTO_TEST_CASE(no_path_of_a_machine_is_named) { require_none(check_paths); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tree
