// The apply files that people start from.
#include <boost/test/unit_test.hpp>

#include "docs/demo.hpp"
#include "docs/markdown.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> apply_files() {
    fs::path const root = PARTNERD_SOURCE_DIR;
    std::vector<std::string> files;
    for (auto const& entry : fs::directory_iterator(root / "plugins"))
        if (entry.is_directory()) files.push_back("plugins/" + entry.path().filename().string() + "/sample.toml");
    for (auto const& entry : fs::directory_iterator(root / "etc/recipes"))
        files.push_back("etc/recipes/" + entry.path().filename().string());
    return files;
}

BOOST_AUTO_TEST_CASE(each_is_shown_then_applied_and_then_changes_nothing) {
    docs::Demo const demo;
    BOOST_TEST(apply_files().size() >= 4u);
    for (auto const& file : apply_files()) {
        auto const apply = "build/release/bin/partnerd apply --config etc/demo.toml " + file;
        auto const shown = demo.sh(apply + " --dry-run");
        BOOST_TEST((shown.status == 0 && shown.output.find("+ program") != std::string::npos), file << ": " << shown.output);
        auto const applied = demo.sh(apply);
        BOOST_TEST((applied.status == 0 && applied.output.find("+ program") != std::string::npos), file << ": " << applied.output);
        auto const again = demo.sh(apply);
        BOOST_TEST((again.status == 0 && again.output.find("Everything is as the file says.") != std::string::npos),
                   file << ": " << again.output);
    }
}

}  // namespace
