#include "cli/door.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace partnerd::cli {

BOOST_AUTO_TEST_SUITE(door)

namespace {

// Sets a variable for one case; without a value it is not there.
class Variable {
  public:
    Variable(char const* name, char const* value) : name_(name) {
        if (char const* const before = std::getenv(name)) before_ = before;
        set(value);
    }
    ~Variable() { set(before_ ? before_->c_str() : nullptr); }

  private:
    void set(char const* value) { value == nullptr ? ::unsetenv(name_) : ::setenv(name_, value, 1); }
    char const* name_;
    std::optional<std::string> before_;
};

std::string path_of(std::string url, std::int64_t node = 0, std::string unix_socket = {}) {
    config::Config config;
    config.storage.url = std::move(url);
    config.node.id = node;
    config.server.unix_socket = std::move(unix_socket);
    return socket_path(config);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_socket_lies_beside_an_sqlite_database) {
    BOOST_TEST(path_of("sqlite:///var/lib/partnerd/partnerd.db") == "/var/lib/partnerd/partnerd.db.sock");
    BOOST_TEST(path_of("sqlite:///a.db", 0, "/run/here.sock") == "/run/here.sock");
    BOOST_TEST(path_of("sqlite:///" + std::string(200, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(with_postgresql_it_lies_in_the_runtime_folder_one_for_each_database_and_node) {
    Variable const given("RUNTIME_DIRECTORY", "/run/of-the-unit");
    auto const path = path_of("postgresql://partnerd:secret@db/sales");
    BOOST_TEST(path.starts_with("/run/of-the-unit/partnerd-"));
    BOOST_TEST(path.ends_with(".sock"));
    BOOST_TEST(path_of("postgresql://partnerd:other@db/sales") == path);  // a password that changes moves nothing
    BOOST_TEST(path_of("postgresql://partnerd:secret@db/sales", 1) != path);
    BOOST_TEST(path_of("postgresql://partnerd:secret@db/other") != path);
    BOOST_TEST(path_of("postgresql://db/sales", 0, "/run/here.sock") == "/run/here.sock");
}

BOOST_AUTO_TEST_CASE(the_first_of_several_runtime_folders_counts_and_no_relative_one_does) {
    Variable const user("XDG_RUNTIME_DIR", nullptr);
    {
        Variable const given("RUNTIME_DIRECTORY", "/run/one:/run/two");
        BOOST_TEST(path_of("postgresql://db/sales").starts_with("/run/one/partnerd-"));
    }
    if (std::filesystem::is_directory("/run/partnerd")) return;  // installed on this machine
    Variable const given("RUNTIME_DIRECTORY", "relative");
    BOOST_TEST(path_of("postgresql://db/sales") == "");
    Variable const of_user("XDG_RUNTIME_DIR", "/run/user/7");
    BOOST_TEST(path_of("postgresql://db/sales").starts_with("/run/user/7/partnerd-"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::cli
