#include "config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

#include "unit/config/files.hpp"

namespace partnerd::config {

namespace {
// A file and a part of its only problem's text, behind the name of the file.
struct WrongValue {
    char const* toml;
    char const* problem;
};
constexpr WrongValue wrong_values[] = {
    {"[server]\nlisten = 8080\n",
     ":2:1: server.listen: expected a text in quotes, found a whole number. For example: listen = \"127.0.0.1:8080\"."},
    {"[server]\nlisten = \"8080\"\n", ":2:1: server.listen: this has no port."},
    {"[server]\nlisten = \"127.0.0.1:70000\"\n", "the port is not a number from 0 to 65535"},
    {"[server]\nlisten = \"::1:80\"\n", "an IPv6 address needs brackets"},
    {"[server]\nlisten = \"a b:80\"\n", "neither an IP address nor a host name"},
    {"[server]\nlisten = \"a\\u0000:80\"\n", "control characters"},
    {"[server]\npublic_url = \"shop.example\"\n", "this is not a URL"},
    {"[server]\npublic_url = \"ftp://shop.example\"\n", "must be http or https"},
    {"[server]\npublic_url = \"https://shop.example/\"\n", "no slash at the end"},
    {"[server]\npublic_url = \"https://u:p@shop.example\"\n", "no user or password"},
    {"[server]\npublic_url = \"https://shop.example?a=1\"\n", "no query"},
    {"[server]\ntrusted_proxies = \"10.0.0.1\"\n", "expected a list of texts"},
    {"[server]\ntrusted_proxies = [\"10.0.0.0/33\"]\n", "\"10.0.0.0/33\": the prefix length is not from 0 to 32"},
    {"[server]\ntrusted_proxies = [\"proxy\"]\n", "neither an IP address nor a block"},
    {"[server]\ntrusted_proxies = [1, 2]\n", "the value is of the wrong kind"},
    {"[server]\nlisten = 1979-05-27\n", "the value is of the wrong kind"},
    {"[server]\nthreads = 257\n", "257 is outside 0 to 256. For example: threads = 0."},
    {"[server]\nthreads = -1\n", "-1 is outside 0 to 256"},
    {"[server]\nthreads = 2.5\n", "expected a whole number, found a number with a decimal point"},
    {"[server]\nthreads = \"2\"\n", "expected a whole number, found a text"},
    {"[server]\nthreads = true\n", "expected a whole number, found true or false"},
    {"[server]\nlisten = \"127.0.0.1:9464\"\n", "it is the same address as server.listen"},
    {"[storage]\nurl = \"mysql://x\"\n", "begins with neither sqlite: nor postgresql://"},
    {"[storage]\nurl = \"sqlite://data.db\"\n", "three slashes"},
    {"[storage]\nurl = \"sqlite:\"\n", "names no file"},
    {"[storage]\nurl = \"sqlite::memory:\"\n", "names no file"},
    {"[storage]\nurl = \"sqlite:///var/lib/\"\n", "names no file"},
    {"[storage]\nurl = \"postgresql://\"\n", "neither a host nor a database"},
    {"[storage]\nurl_file = 5\n", "expected the name of a file in quotes"},
    {"[storage]\nurl_file = \"nowhere\"\n", "the file cannot be read"},
    {"[storage]\nurl = \"sqlite:a.db\"\nurl_file = \"x\"\n",
     ":3:1: storage.url_file: both storage.url and its _file are set. Keep one of them."},
    {"[log]\nlevel = \"loud\"\n", "this is no level. Use one of trace, debug, info, warn, error, off."},
    {"[log]\nformat = \"xml\"\n", "Use one of auto, text, json."},
    {"[node]\nid = 512\n", "512 is outside -1 to 511"},
    {"server = 3\n", ":1:1: server: this is a section. Write [server] on a line of its own."},
    {"[server]\nlisen = \"x\"\n", ":2:1: server.lisen: this key is not known. Did you mean server.listen?"},
    {"[server]\nbody_bytes = 5\n", "server.body_bytes: this key is not known. Did you mean server.limits.body_bytes?"},
    {"[sever]\nlisten = \"x\"\n", ":1:2: sever: this key is not known. Did you mean server?"},
    {"colour = 1\n", "colour: this key is not known. Remove it; etc/partnerd.toml lists every key."},
    {"[plugin]\nid = \"coupons\"\n", "plugins are a list of tables. Write [[plugin]] with two brackets for each."},
    {"[[plugin]]\noptional = true\n", "plugin[0].id: the plugin has no id. Add: id = \"coupons\"."},
    {"[[plugin]]\nid = \"Coupons\"\n", "an id is 2 to 31 of"},
    {"[[plugin]]\nid = \"../x\"\n", "an id is 2 to 31 of"},
    {"[[plugin]]\nid = \"partnerd\"\n", "this id belongs to the server"},
    {"[[plugin]]\nid = 7\n", "expected a text in quotes"},
    {"[[plugin]]\nid = \"coupons\"\n[[plugin]]\nid = \"coupons\"\n", ":3:1: plugin[1].id: the plugin coupons is configured twice"},
    {"[[plugin]]\nid = \"coupons\"\noptional = \"yes\"\n", "plugin[0].optional: expected true or false. Write it without quotes."},
    {"[[plugin]]\nid = \"coupons\"\nroot_route = true\n", "Did you mean root_routes?"},
    {"[[plugin]]\nid = \"coupons\"\nttl_seconds = 5\n", "What the plugin itself takes belongs into [plugin.config]."},
    {"[[plugin]]\nid = \"coupons\"\nfile = \"\"\n", "expected the name of a file in quotes"},
    {"[[plugin]]\nid = \"coupons\"\nconfig = 5\n", "this is a section"},
    {"[[plugin]]\nid = \"coupons\"\n[plugin.config]\nx = inf\n", ":4:5: plugin[0].config/x: infinity and NaN have no JSON form"},
    {"[server\n", ":1:8: "},
    {"[server]\nlisten = \"a:1\"\nlisten = \"b:2\"\n", ":3:"},
};

struct Fixture {
    test::TemporaryFolder folder;
    Loaded of(std::string_view toml, Pairs environment = {}, Pairs flags = {}) const {
        return load({folder.write("p.toml", toml), std::move(environment), std::move(flags)});
    }
};
}  // namespace

BOOST_FIXTURE_TEST_SUITE(loading, Fixture)

BOOST_AUTO_TEST_CASE(without_any_source_there_are_the_defaults) {
    auto const loaded = load({});
    BOOST_TEST(loaded.problems.empty());
    BOOST_TEST(loaded.config.server.listen == "127.0.0.1:8080");
    BOOST_TEST(loaded.config.storage.url == "sqlite:///var/lib/partnerd/partnerd.db");
}

BOOST_AUTO_TEST_CASE(without_a_public_url_it_is_made_from_where_the_server_listens) {
    auto const url = [&](std::string const& listen, std::string const& toml = "") {
        return public_url(of(toml, {}, {{"server.listen", listen}}).config);
    };
    BOOST_TEST(public_url(load({}).config) == "http://127.0.0.1:8080");
    BOOST_TEST(url("127.0.0.1:18070") == "http://127.0.0.1:18070");
    BOOST_TEST(url("0.0.0.0:80") == "http://127.0.0.1:80");
    BOOST_TEST(url("[::]:80") == "http://127.0.0.1:80");
    BOOST_TEST(url("[2001:db8::1]:8080") == "http://[2001:db8::1]:8080");
    BOOST_TEST(url("0.0.0.0:80", "[server]\npublic_url = \"https://partners.example\"\n") == "https://partners.example");
}

BOOST_AUTO_TEST_CASE(a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default) {
    auto const* toml = "[server.limits]\nbody_bytes = 2000\n";
    Pairs const environment = {{"PARTNERD__SERVER__LIMITS__BODY_BYTES", "3000"}};
    Pairs const flags = {{"server.limits.body_bytes", "4000"}};
    BOOST_TEST(load({}).config.server.limits.body_bytes == 1048576);
    BOOST_TEST(of(toml).config.server.limits.body_bytes == 2000);
    BOOST_TEST(of(toml, environment).config.server.limits.body_bytes == 3000);
    BOOST_TEST(of(toml, environment, flags).config.server.limits.body_bytes == 4000);
}

BOOST_AUTO_TEST_CASE(every_kind_of_value_is_read_from_text) {
    auto const loaded = load({"",
                              {{"PARTNERD__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"},
                               {"PARTNERD__LOG__LEVEL", "debug"},
                               {"PARTNERD__LOG__FORMAT", "json"},
                               {"PARTNERD__NODE__ID", "7"}},
                              {{"server.metrics_listen", ""}}});
    BOOST_TEST(list(loaded.problems).empty(), list(loaded.problems));
    BOOST_TEST((loaded.config.server.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"}));
    BOOST_TEST((loaded.config.log.level == logging::Level::debug));
    BOOST_TEST((loaded.config.log.format == logging::Format::json));
    BOOST_TEST(loaded.config.node.id == 7);
    BOOST_TEST(loaded.config.server.metrics_listen.empty());
}

BOOST_AUTO_TEST_CASE(each_wrong_value_is_refused_with_its_place_and_a_way_out) {
    for (auto const& c : wrong_values) {
        BOOST_TEST_CONTEXT(c.toml) {
            auto const loaded = of(c.toml);
            BOOST_TEST_REQUIRE(loaded.problems.size() == 1U, list(loaded.problems));
            auto const text = loaded.problems[0].text();
            BOOST_TEST(text.starts_with(folder.path("p.toml")), text);
            BOOST_TEST(text.find(c.problem) != std::string::npos, text);
            BOOST_TEST(!loaded.problems[0].way_out.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(all_problems_are_reported_at_once_in_the_order_of_the_file) {
    auto const loaded = of("[server]\nlisten = 1\nthreads = -4\n[log]\nlevel = 7\n[[plugin]]\nid = \"X\"\n", {{"PARTNERD__NODE__ID", "x"}},
                           {{"no.such", "1"}});
    BOOST_TEST(loaded.problems.size() == 6U);
    auto const text = list(loaded.problems);
    BOOST_TEST(text.find("server.listen") < text.find("server.threads"));
    BOOST_TEST(text.find("server.threads") < text.find("log.level"));
    BOOST_TEST(text.find("environment: PARTNERD__NODE__ID: expected a whole number") != std::string::npos, text);
    BOOST_TEST(text.find("command line: no.such: this key is not known") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(wrong_variables_are_refused_in_the_words_of_the_environment) {
    struct Case {
        char const* name;
        char const* value;
        char const* problem;
    };
    for (auto const& c :
         {Case{"PARTNERD__SERVER__LISEN", "x", "Did you mean PARTNERD__SERVER__LISTEN?"}, Case{"PARTNERD__", "x", "this key is not known"},
          Case{"PARTNERD__SERVER", "x", "this key is not known"}, Case{"PARTNERD__PLUGIN__COUPONS", "x", "in the file only"},
          Case{"PARTNERD__SERVER__LISTEN_FILE", "x", "this key is not known"},
          Case{"PARTNERD__SERVER__THREADS", "", "expected a whole number"},
          Case{"PARTNERD__SERVER__THREADS", "1e3", "expected a whole number"},
          Case{"PARTNERD__SERVER__THREADS", "99999999999999999999", "expected a whole number"},
          Case{"PARTNERD__STORAGE__URL_FILE", "/nonexistent", "the file cannot be read"},
          Case{"PARTNERD__SERVER__LISTEN", "", "this has no port"}}) {
        BOOST_TEST_CONTEXT(c.name << '=' << c.value) {
            auto const loaded = load({"", {{c.name, c.value}}, {}});
            BOOST_TEST_REQUIRE(loaded.problems.size() == 1U, list(loaded.problems));
            BOOST_TEST(loaded.problems[0].text().starts_with(std::string("environment: ") + c.name + ": "), loaded.problems[0].text());
            BOOST_TEST(loaded.problems[0].text().find(c.problem) != std::string::npos, loaded.problems[0].text());
        }
    }
    auto const both = load({"", {{"PARTNERD__STORAGE__URL_FILE", "/dev/null"}, {"PARTNERD__STORAGE__URL", "sqlite:a.db"}}, {}});
    BOOST_TEST(list(both.problems).find("both PARTNERD__STORAGE__URL and its _FILE are set") != std::string::npos, list(both.problems));
}

BOOST_AUTO_TEST_CASE(a_secret_comes_from_a_file_and_is_in_no_problem) {
    folder.write("secret", "postgresql://shop:s3cret@db/partnerd\r\n");
    BOOST_TEST(of("[storage]\nurl_file = \"secret\"\n").config.storage.url == "postgresql://shop:s3cret@db/partnerd");
    auto const by_environment = load({"", {{"PARTNERD__STORAGE__URL_FILE", folder.path("secret")}}, {}});
    BOOST_TEST(by_environment.config.storage.url == "postgresql://shop:s3cret@db/partnerd");
    folder.write("secret", "mysql://shop:s3cret@db/partnerd");
    BOOST_TEST(list(of("[storage]\nurl_file = \"secret\"\n").problems).find("s3cret") == std::string::npos);
    BOOST_TEST(list(of("[storage]\nurl = \"mysql://shop:s3cret@db\"\n").problems).find("s3cret") == std::string::npos);
    folder.write("secret", std::string(20'000, 'x'));
    BOOST_TEST(of("[storage]\nurl_file = \"secret\"\n").problems.size() == 1U);
}

BOOST_AUTO_TEST_CASE(paths_of_the_file_begin_at_its_folder_and_others_at_the_working_directory) {
    auto const file =
        of("[server]\nunix_socket = \"p.sock\"\n[storage]\nurl = \"sqlite:data/../p.db\"\n[plugins]\ndirectory = \"plugins\"\n"
           "[[plugin]]\nid = \"coupons\"\n[[plugin]]\nid = \"mine\"\nfile = \"mine.so\"\n");
    BOOST_TEST_REQUIRE(file.problems.empty(), list(file.problems));
    BOOST_TEST(file.config.server.unix_socket == folder.path("p.sock"));
    BOOST_TEST(file.config.storage.url == "sqlite://" + folder.path("p.db"));
    BOOST_TEST(file.config.plugin[0].file == folder.path("plugins/coupons.so"));
    BOOST_TEST(file.config.plugin[1].file == folder.path("mine.so"));
    auto const flag = of("", {}, {{"storage.url", "sqlite:x.db"}});
    BOOST_TEST(flag.config.storage.url == "sqlite://" + (std::filesystem::current_path() / "x.db").string());
    BOOST_TEST(of("[storage]\nurl = \"sqlite:///srv/p.db\"\n").config.storage.url == "sqlite:///srv/p.db");
}

BOOST_AUTO_TEST_CASE(plugins_keep_their_order_their_line_and_their_configuration_as_json) {
    auto const loaded =
        of("\n[[plugin]]\nid = \"referrals\"\nroot_routes = true\n[plugin.config]\nttl = 5\nnames = [\"a\", \"b\"]\nday = 2020-01-02\n"
           "[plugin.config.deep]\non = false\n[[plugin]]\nid = \"coupons\"\noptional = true\n");
    BOOST_TEST_REQUIRE(loaded.problems.empty(), list(loaded.problems));
    BOOST_TEST_REQUIRE(loaded.config.plugin.size() == 2U);
    BOOST_TEST(loaded.config.plugin[0].id == "referrals");
    BOOST_TEST(loaded.config.plugin[0].root_routes);
    BOOST_TEST(!loaded.config.plugin[0].optional);
    BOOST_TEST(loaded.config.plugin[0].line == 2);
    BOOST_TEST(loaded.config.plugin[0].config == R"({"day":"2020-01-02","deep":{"on":false},"names":["a","b"],"ttl":5})");
    BOOST_TEST(loaded.config.plugin[1].optional);
    BOOST_TEST(loaded.config.plugin[1].config == "{}");
}

BOOST_AUTO_TEST_CASE(a_plugin_without_its_library_is_named_unless_it_is_optional) {
    auto const loaded =
        of("[plugins]\ndirectory = \".\"\n[[plugin]]\nid = \"gone\"\n[[plugin]]\nid = \"maybe\"\noptional = true\n"
           "[[plugin]]\nid = \"here\"\n");
    folder.write("here.so", "");
    auto const missing = check_files(loaded.config);
    BOOST_TEST_REQUIRE(missing.size() == 1U);
    BOOST_TEST(missing[0].text().find(":3:1: plugin gone: there is no file " + folder.path("gone.so")) != std::string::npos,
               missing[0].text());
}

BOOST_AUTO_TEST_CASE(files_that_are_none_are_refused) {
    BOOST_TEST(list(load({folder.path("nowhere.toml"), {}, {}}).problems).find("the file cannot be read: No such file") !=
               std::string::npos);
    BOOST_TEST(list(load({folder.path("."), {}, {}}).problems).find("this is no file") != std::string::npos);
    BOOST_TEST(list(load({folder.write("big", std::string(1024 * 1024 + 1, '\n')), {}, {}}).problems).find("more than 1048576 bytes") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
