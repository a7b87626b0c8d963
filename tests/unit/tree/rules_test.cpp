// Each rule is shown to find what it is for, so that a green tree means something.
#include "unit/tree/rules.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::tree {

namespace {
std::vector<std::string> const layers = {"domain", "storage", "http", "plugins"};

std::string body(int lines) {
    std::string text = "int f(int a) {\n";
    for (int i = 0; i < lines - 1; ++i) text += "    a += 1;\n";
    return text + "}\n";
}

// One violation, at `line`, whose text holds `what`.
void one(Violations const& found, int line, std::string const& what) {
    BOOST_TEST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].find(':' + std::to_string(line) + ": ") != std::string::npos, found[0]);
    BOOST_TEST(found[0].find(what) != std::string::npos, found[0]);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(an_include_of_a_higher_layer_is_found) {
    one(check_layers({"server/storage/x.cpp", "#include <map>\n#include \"http/y.hpp\"\n"}, layers), 2, "storage is below http");
    one(check_layers({"server/domain/x.hpp", "#  include \"storage/y.hpp\"\n"}, layers), 1, "domain is below storage");
    one(check_layers({"server/domain/x.cpp", "#include \"x.hpp\"\n"}, layers), 1, "name a folder");
    one(check_layers({"server/http/x.cpp", "#include \"domain/../plugins/y.hpp\"\n"}, layers), 1, "name a folder");
    one(check_layers({"server/extra/x.cpp", ""}, layers), 1, "not in server/layers.txt");
    for (auto const* text : {"#include \"http/y.hpp\"\n", "#include \"domain/y.hpp\"\n#include \"storage/y.hpp\"\n",
                             "#include <plugins/y.hpp>\n", "// include \"plugins/y.hpp\"\n"})
        BOOST_TEST(check_layers({"server/http/x.cpp", text}, layers).empty(), text);
    BOOST_TEST(check_layers({"server/main.cpp", "#include \"plugins/y.hpp\"\n"}, layers).empty());
    BOOST_TEST((read_layers("# lowest first\ndomain\nstorage\n") == std::vector<std::string>{"domain", "storage"}));
}

BOOST_AUTO_TEST_CASE(a_library_outside_its_folder_is_found) {
    struct Case {
        char const* target;
        char const* folder;
    };
    for (auto const& c : {Case{"soci/soci.h", "storage"}, Case{"soci/sqlite3/soci-sqlite3.h", "storage"}, Case{"soci-sqlite3.h", "storage"},
                          Case{"sqlite3.h", "storage"}, Case{"libpq-fe.h", "storage"}, Case{"postgresql/libpq-fe.h", "storage"},
                          Case{"boost/dll.hpp", "plugins"}, Case{"boost/dll/shared_library.hpp", "plugins"},
                          Case{"boost/beast.hpp", "http"}, Case{"boost/beast/http.hpp", "http"}, Case{"boost/asio.hpp", "http"},
                          Case{"boost/asio/ip/tcp.hpp", "http"}, Case{"toml++/toml.h", "config"}, Case{"spdlog/spdlog.h", "logging"}}) {
        BOOST_TEST_CONTEXT(c.target) {
            auto const text = std::string("\n#include <") + c.target + ">\n";
            one(check_libraries({"server/domain/x.cpp", text}), 2, std::string("only server/") + c.folder + "/ uses");
            one(check_libraries({"server/main.cpp", text}), 2, "only server/");
            BOOST_TEST(check_libraries({std::string("server/") + c.folder + "/x.cpp", text}).empty());
            BOOST_TEST(check_libraries({"tests/x.cpp", text}).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_plugin_that_looks_into_the_server_is_found) {
    for (auto const* include : {"<soci/soci.h>", "\"../server/domain/money.hpp\"", "\"domain/money.hpp\"", "<boost/asio.hpp>",
                                "<boost/url.hpp>", "<unistd.h>", "<sqlite3.h>", "<spdlog/spdlog.h>", "\"../coupons/codes.hpp\""})
        BOOST_TEST_CONTEXT(include)
        one(check_plugin_includes({"plugins/coupons/x.cpp", std::string("#include ") + include + "\n"}), 1, "a plugin sees");
    for (auto const* include : {"<partnerd/plugin.hpp>", "<partnerd/storage.h>", "<map>", "<string_view>", "<stdint.h>", "<boost/json.hpp>",
                                "<boost/json/parse.hpp>", "\"codes.hpp\""})
        BOOST_TEST_CONTEXT(include)
        BOOST_TEST(check_plugin_includes({"plugins/coupons/x.cpp", std::string("#include ") + include + "\n"}).empty());
}

BOOST_AUTO_TEST_CASE(coroutines_and_empty_names_are_found) {
    one(check_coroutines({"server/http/x.cpp",
                          "\n\n  co_"
                          "await f();\n"}),
        3, "callbacks");
    one(check_coroutines({"server/http/x.cpp",
                          "co_"
                          "return;\n"}),
        1, "callbacks");
    BOOST_TEST(check_coroutines({"README.md",
                                 "co_"
                                 "await\n"})
                   .empty());
    for (auto const* path : {"server/http/manager.cpp", "server/http/session_manager.hpp", "server/Util.hpp", "server/helpers/x.cpp",
                             "tests/common.hpp", "server/utils.cpp"})
        BOOST_TEST_CONTEXT(path) one(check_name({path, ""}), 1, "says nothing");
    for (auto const* path : {"server/domain/futility.cpp", "server/commons.hpp", "server/domain/money.cpp"})
        BOOST_TEST_CONTEXT(path) BOOST_TEST(check_name({path, ""}).empty());
}

BOOST_AUTO_TEST_CASE(words_of_unfinished_work_are_found) {
    for (std::string const word : {"TO"
                                   "DO",
                                   "FIX"
                                   "ME",
                                   "X"
                                   "XX",
                                   "HA"
                                   "CK",
                                   "not imple"
                                   "mented",
                                   "place"
                                   "holder",
                                   "St"
                                   "ub",
                                   "st"
                                   "ub",
                                   "for n"
                                   "ow",
                                   "in a re"
                                   "al"})
        BOOST_TEST_CONTEXT(word) one(check_words({"server/x.cpp", "\n// " + word + ": later\n"}), 2, word);
    for (auto const* text : {"mkdtemp(\"p-XXXXXX\")", "stubborn", "for nowhere", "todos"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(check_words({"server/x.cpp", text}).empty());
    BOOST_TEST(check_words({"docs/x.md",
                            "TO"
                            "DO"})
                   .empty());
}

BOOST_AUTO_TEST_CASE(long_functions_and_files_are_found) {
    one(check_length({"server/x.cpp", "\n" + body(71)}), 2, "has 71 lines");
    one(check_length({"server/x.cpp", "int f(int a)\n{\n" + body(80).substr(15)}), 2, "has 80 lines");
    BOOST_TEST(check_length({"server/x.cpp", body(70) + body(70)}).empty());
    one(check_length({"server/x.hpp", std::string(401, '\n')}), 401, "401 lines");
    one(check_length({"tests/x.py", std::string(401, '\n')}), 401, "401 lines");
    BOOST_TEST(check_length({"server/x.hpp", std::string(400, '\n')}).empty());
    BOOST_TEST(check_length({"data.csv", std::string(1000, '\n')}).empty());
}

BOOST_AUTO_TEST_CASE(paths_of_a_machine_are_found) {
    for (std::string const path : {"/wo"
                                   "rk/main",
                                   "/ro"
                                   "ot/x",
                                   "/ho"
                                   "me/ann",
                                   "/tm"
                                   "p/x"}) {
        one(check_paths({"docs/x.md", "see " + path + "\n"}), 1, "somebody's machine");
        one(check_paths({"run", "\ncd \"" + path + "\"\n"}), 2, "somebody's machine");
    }
    for (auto const* text : {"/var/lib/partnerd", "https://example.com/work/x", "net/work/x", "a/tmp/b", "${TMPDIR:-/tmp}", "/homes"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(check_paths({"README.md", text}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tree
