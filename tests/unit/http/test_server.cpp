#include "unit/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <stdexcept>

namespace partnerd::http::test {

namespace {

std::string make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "partnerd-http-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    return name;
}

HttpSettings make_settings(std::string const& unix_path, std::function<void(HttpSettings&)> const& change) {
    HttpSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.unix_socket = unix_path;
    if (change) change(settings);
    return settings;
}

}  // namespace

void TestHandler::handle(routing::Exchange& exchange) {
    ++calls_;
    auto const& request = exchange.request;
    auto& response = exchange.response;
    auto const path = request.path();
    response.content_type = "text/plain";
    response.body = request.method + ' ' + request.target + ' ' + request.body;
    if (path.starts_with("/wait")) {
        std::lock_guard lock(mutex_);
        kept_.push_back(&exchange);
        kept_changed_.notify_all();
        return;
    }
    if (path == "/throw") throw std::runtime_error("what went wrong inside");
    if (path == "/ip") response.body = request.client_ip;
    if (path == "/operator") response.body = request.from_operator ? "yes" : "no";
    if (path == "/id") response.body = request.request_id;
    if (path == "/header") response.body = request.header("x-a");
    if (path == "/fields") response.body = std::to_string(request.headers.size());
    if (path == "/large") response.body.assign(8 * 1024 * 1024, 'x');
    if (path == "/204" || path == "/304") response.status = std::stoi(std::string(path.substr(1)));
    if (path == "/302") {
        response.status = 302;
        response.body.clear();
        response.set_header("Location", "https://example.com/");
    }
    exchange.finish();
}

std::size_t TestHandler::body_limit(std::string_view, std::string_view path) const {
    return path.starts_with("/none") ? 0 : test::body_limit;
}

void TestHandler::wait_for_kept(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!kept_changed_.wait_for(lock, std::chrono::seconds(20), [&] { return kept_.size() >= count; }))
        throw std::runtime_error("the requests did not arrive");
}

std::vector<routing::Exchange*> TestHandler::take_kept() {
    std::lock_guard lock(mutex_);
    return std::exchange(kept_, {});
}

TestServer::TestServer(std::function<void(HttpSettings&)> const& change)
    : folder(make_folder()), unix_path(folder + "/socket"), server(make_settings(unix_path, change), handler, registry, clock) {
    server.start();
}

TestServer::~TestServer() {
    for (auto* exchange : handler.take_kept()) exchange->finish();
    server.stop();
    std::filesystem::remove_all(folder);
}

bool TestServer::wait_for_connections(std::size_t count) const {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (server.connections() != count) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

std::uint64_t TestServer::refused(errc code) {
    return registry.counter("partnerd_http_refused_total", "", {{"code", std::string(code_name(code))}}).value();
}

void check_refused(test::RawClient& client, errc code) {
    auto const answer = client.read();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == http_status(code));
    BOOST_TEST(answer->header("content-type") == "application/problem+json");
    BOOST_TEST(answer->header("connection") == "close");
    BOOST_TEST(!answer->header("x-request-id").empty());
    BOOST_TEST(answer->body.find("\"code\":\"" + std::string(code_name(code)) + '"') != std::string::npos);
    BOOST_TEST(client.read_end());
}

}  // namespace partnerd::http::test
