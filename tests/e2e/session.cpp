#include "e2e/session.hpp"

#include <stdexcept>
#include <thread>

namespace partnerd::e2e {

namespace json = boost::json;

namespace {
constexpr int attempts_max = 20;
}

std::string Answer::text(std::string_view member) const {
    auto const* const found = body.is_object() ? body.get_object().if_contains(member) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string Answer::code() const { return text("code"); }

Session::Session(RunningServer const& server, std::string key) : client_(server.client()), key_(std::move(key)) {}

Session::Session(std::uint16_t port, std::string key) : client_(http::Client::tcp("127.0.0.1", port)), key_(std::move(key)) {}

Answer Session::send(std::string method, std::string target, std::string body, std::vector<routing::Field> headers) {
    http::ClientRequest request{std::move(method), std::move(target), std::move(headers), std::move(body)};
    if (!key_.empty()) request.headers.push_back({"Authorization", "Bearer " + key_});
    if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    Answer answer;
    answer.raw = client_.send(request);
    answer.status = answer.raw.status;
    boost::system::error_code ec;
    auto value = json::parse(answer.raw.body, ec);
    if (!ec) answer.body = std::move(value);
    return answer;
}

Answer Session::post(std::string target, std::string body, std::string idempotency_key) {
    std::vector<routing::Field> headers;
    if (!idempotency_key.empty()) headers.push_back({"Idempotency-Key", std::move(idempotency_key)});
    return send("POST", std::move(target), std::move(body), std::move(headers));
}

Answer Session::post(std::string target, json::object const& body, std::string idempotency_key) {
    return post(std::move(target), json::serialize(body), std::move(idempotency_key));
}

Answer Session::post_patiently(std::string const& target, std::string const& body, std::string const& idempotency_key) {
    for (int attempt = 1;; ++attempt) {
        auto answer = post(target, body, idempotency_key);
        bool const again = answer.status == 503 || answer.status == 504;
        if (!again || attempt == attempts_max) return answer;
        std::this_thread::sleep_for(std::chrono::milliseconds(20) * attempt);
    }
}

json::array Session::all(std::string const& target) {
    json::array rows;
    auto const first = target + (target.find('?') == std::string::npos ? "?limit=100" : "&limit=100");
    for (auto page = first;;) {
        auto const answer = get(page);
        if (answer.status != 200) throw std::runtime_error(page + ": " + answer.raw.body);
        for (auto const& row : answer.body.at("data").as_array()) rows.push_back(row);
        if (!answer.body.at("has_more").as_bool()) return rows;
        page = first + "&starting_after=" + answer.text("next_cursor");
    }
}

json::object money(std::string_view amount, std::string_view currency) { return {{"amount", amount}, {"currency", currency}}; }

json::value parsed(std::string const& text) {
    boost::system::error_code ec;
    auto value = json::parse(text, ec);
    if (ec) throw std::runtime_error("this is no JSON: " + text);
    return value;
}

std::string create_key(Installation const& installation, std::vector<std::string> const& words) {
    std::vector<std::string> command{"key", "create"};
    command.insert(command.end(), words.begin(), words.end());
    auto key = installation.done(command);
    while (!key.empty() && key.back() == '\n') key.pop_back();
    return key;
}

}  // namespace partnerd::e2e
