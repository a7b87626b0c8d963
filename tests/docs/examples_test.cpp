// Every command that a document tells the reader to type, typed.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "docs/demo.hpp"
#include "docs/markdown.hpp"

namespace {

using docs::Block;
using docs::Demo;
using docs::Document;

std::vector<std::string> document_names() {
    std::vector<std::string> names;
    for (auto const& document : docs::all_documents(PARTNERD_SOURCE_DIR)) names.push_back(document.name);
    return names;
}

std::string file_of(std::size_t index, char const* kind) { return "block" + std::to_string(index) + "." + kind; }

// All blocks of a document in one shell, as a reader types them: what one sets the next ones see.
void type_all(Demo const& demo, std::vector<Block> const& blocks) {
    std::string script;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (!blocks[i].run) continue;
        std::ofstream(demo.folder() / file_of(i, "sh")) << demo.here(blocks[i].text);
        script += "{ . ./" + file_of(i, "sh") + "; } >" + file_of(i, "out") + " 2>&1; echo $? >" + file_of(i, "status") + "\n";
    }
    std::ofstream(demo.folder() / "all.sh") << script;
    auto const ran = demo.sh(". ./all.sh");
    BOOST_TEST(ran.status == 0, "the shell ended early: " << ran.output);
}

void check_block(Demo const& demo, std::string const& name, Block const& block, std::size_t index) {
    auto const where = name + ":" + std::to_string(block.line);
    auto const status_file = demo.folder() / file_of(index, "status");
    BOOST_TEST_REQUIRE(std::filesystem::exists(status_file), where << ": was not reached");
    auto const output = docs::read_text(demo.folder() / file_of(index, "out"));
    bool const failed = docs::read_text(status_file) != "0\n";
    BOOST_TEST(failed == block.fails, where << ": ended " << (failed ? "badly" : "well") << "; its output: " << output);
    for (auto const& text : block.expected)
        BOOST_TEST((output.find(demo.here(text)) != std::string::npos), where << ": expected " << text << " in: " << output);
}

BOOST_DATA_TEST_CASE(examples_of_a_document_do_what_it_says, boost::unit_test::data::make(document_names()), name) {
    auto const blocks = docs::read_document(PARTNERD_SOURCE_DIR, name).blocks();
    bool any = false;
    for (auto const& block : blocks) {
        BOOST_TEST((block.run || block.excused), name << ":" << block.line << ": commands without <!-- run --> or <!-- not run: why -->");
        BOOST_TEST((block.run || block.expected.empty()), name << ":" << block.line << ": something is expected, but nothing run");
        any = any || block.run;
    }
    if (!any) return;
    Demo const demo;
    type_all(demo, blocks);
    for (std::size_t i = 0; i < blocks.size(); ++i)
        if (blocks[i].run) check_block(demo, name, blocks[i], i);
}

BOOST_AUTO_TEST_CASE(the_documents_to_read_first_have_examples) {
    for (auto const* const name : {"README.md", "plugins/coupons/README.md", "plugins/referrals/README.md"}) {
        auto const blocks = docs::read_document(PARTNERD_SOURCE_DIR, name).blocks();
        auto const run =
            std::count_if(blocks.begin(), blocks.end(), [](Block const& block) { return block.run && !block.expected.empty(); });
        BOOST_TEST(run >= 4, name << " has " << run << " examples");
    }
}

}  // namespace
