#include "e2e/shopfront.hpp"

#include <stdexcept>

namespace partnerd::e2e {

namespace json = boost::json;

namespace {

void require(Answer const& answer, int status, std::string const& what) {
    if (answer.status != status) throw std::runtime_error(what + ": " + std::to_string(answer.status) + " " + answer.raw.body);
}

}  // namespace

Shopfront::Shopfront() : Shopfront(read_text(demo("retail.toml"))) {
    enroll("acme");
    enroll("zeta");
}

Shopfront::Shopfront(std::string const& program_toml) {
    apply(program_toml);
    server_ = std::make_unique<RunningServer>(installation_);
    key_ = create_key(installation_);
    office_ = std::make_unique<Session>(*server_, key_);
}

Session Shopfront::merchant(std::string const& program) const {
    return Session(*server_, create_key(installation_, {"--kind", "merchant", "--program", program}));
}

Session Shopfront::partner(std::string const& handle) const {
    return Session(*server_, create_key(installation_, {"--kind", "partner", "--partner", handle}));
}

void Shopfront::apply(std::string const& program_toml) {
    write_text(installation_.path("program.toml"), program_toml);
    installation_.done({"apply", installation_.path("program.toml")});
}

void Shopfront::enroll(std::string const& handle, json::object details, std::string const& program) {
    details["handle"] = handle;
    require(office_->post("/v1/programs/" + program + "/partners", details), 201, "enroll " + handle);
}

void Shopfront::make_link(std::string const& handle, std::string const& code, std::string const& program) {
    require(partner(handle).post("/v1/me/programs/" + program + "/links", json::object{{"code", code}}), 201, "link " + code);
}

std::string Shopfront::click(std::string const& code) {
    auto const answer = stranger().get("/r/" + code);
    require(answer, 302, "click on " + code);
    auto const location = std::string(answer.raw.header("location"));
    auto const place = location.find("click_id=");
    if (place == std::string::npos) throw std::runtime_error("the click is not tracked: " + location);
    return location.substr(place + 9);
}

void Shopfront::check_verified() const {
    auto const verified = installation_.run({"verify"});
    if (verified.exit_code() != 0) throw std::runtime_error("verify: " + verified.out + verified.err);
}

void Shopfront::restart_after(std::string const& sql) {
    if (server_->stop().exit_code != 0) throw std::runtime_error("the server did not stop as it should: " + server_->log());
    edit(installation_.database(), sql);
    server_ = std::make_unique<RunningServer>(installation_);
    office_ = std::make_unique<Session>(*server_, key_);
}

}  // namespace partnerd::e2e
