#include "house.hpp"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <future>

#include "auth/tables.hpp"
#include "contract.hpp"
#include "domain/calendar.hpp"
#include "events/tables.hpp"
#include "jobs/tables.hpp"
#include "ledger/tables.hpp"
#include "programs/partner.hpp"
#include "programs/tables.hpp"
#include "storage/schema.hpp"
#include "tracking/tables.hpp"

namespace partnerd::api {

namespace {

class WaitedExchange final : public routing::Exchange {
  public:
    void finish() noexcept override { done_.set_value(); }
    void wait() { done_.get_future().wait(); }

  private:
    std::promise<void> done_;
};

std::filesystem::path new_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "partnerd-api-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

std::unique_ptr<storage::Storage> open(testing::TestDatabase const& database) {
    storage::StorageSettings settings;
    settings.url = database.url();
    settings.write_budget_ms = 10'000;  // sanitizers are slow
    settings.read_budget_ms = 30'000;
    auto storage = storage::open_storage(settings);
    storage::migrate(*storage, "core",
                     {storage::make_migration(1, "core",
                                              {auth::auth_tables(), events::event_tables(), jobs::job_tables(), ledger::ledger_tables(),
                                               programs::program_tables(), tracking::tracking_tables()}),
                                storage::make_migration(2, "clicks in weeks", {tracking::click_week_tables()})});
    return storage;
}

// "greeter" with {"text": "..."} is the one plugin there is.
Status check_greeter(std::string_view plugin, std::string_view config) {
    if (plugin != "greeter") return Error(errc::unknown_plugin, "'" + std::string(plugin) + "' is not loaded");
    auto const value = boost::json::parse({config.data(), config.size()});
    for (auto const& [name, member] : value.as_object())
        if (name != "text" || !member.is_string()) return Error(errc::unknown_field, "not known", "/" + std::string(name));
    return {};
}

}  // namespace

struct House::Finder final : routing::ProgramDirectory {
    explicit Finder(programs::Directory const& d) : directory(d) {}
    std::optional<Id> find(std::string_view name) const override {
        auto const id = directory.find(name);
        return id == 0 ? std::nullopt : std::optional<Id>(id);
    }
    bool plugin_enabled(Id program, std::string_view plugin) const override { return directory.has_plugin(program, plugin); }
    programs::Directory const& directory;
};

std::string Answer::header(std::string_view name) const {
    for (auto const& field : headers)
        if (field.name == name) return field.value;
    return {};
}

std::string Answer::at(std::string_view pointer) const {
    boost::system::error_code ec;
    auto const* const value = json.find_pointer({pointer.data(), pointer.size()}, ec);
    if (value == nullptr) return {};
    return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

House::House(std::string_view now)
    : clock(parse_instant(now).value()),
      folder_(new_folder()),
      database_(folder_ / "test.db"),
      storage_(open(database_)),
      mint_(clock, 1),
      secrets_(programs::load_secrets(*storage_)),
      outbox_(clock, mint_),
      kernel_{clock, mint_, secrets_, rules_, outbox_, changes_},
      views_(kernel_),
      tracker_(kernel_, views_) {
    rules::add_builtin_rules(rules_);
    changes_.listen([this](storage::Tx& tx, Id program) {
        if (program != 0) directory_.changed(tx, program);
    });
    keys_.load(*storage_);
    api_ = std::make_unique<Api>(Api{
        kernel_, views_, tracker_, keys_, *storage_, "https://partners.example",
        [](storage::Tx&, Id, std::string_view plugin, std::string_view config) { return check_greeter(plugin, config); },
        [] {
            return std::string(
                R"([{"id":"greeter","name":"Greeter","version":"1","vendor":"","license":"","routes":[],"rules":[],"facts":[],"attributors":[],"jobs":[]}])");
        }});
    routes = core_routes(*api_);
    routing::Router router;
    for (auto const& route : routes) router.add(route).value();
    finder_ = std::make_unique<Finder>(directory_);
    routing::DispatcherSettings settings;
    settings.workers = 1;
    settings.per_key = settings.per_address = {};
    settings.access_log = false;
    dispatcher_ = std::make_unique<routing::Dispatcher>(std::move(router), *storage_, keys_, *finder_, clock, settings);
    op = key(auth::KeyKind::operator_);
}

House::~House() {
    dispatcher_.reset();
    storage_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Answer House::call(std::string const& method, std::string const& target, std::string const& body, std::string const& key,
                   std::vector<routing::Field> headers) {
    WaitedExchange exchange;
    exchange.request.method = method;
    exchange.request.target = target;
    for (auto const& field : headers) exchange.request.add_header(field.name, field.value);
    exchange.request.request_id = "test";
    exchange.request.client_ip = "192.0.2.1";
    exchange.request.body = body;
    if (!body.empty()) exchange.request.add_header("content-type", "application/json");
    if (!key.empty()) exchange.request.add_header("authorization", "Bearer " + key);
    dispatcher_->handle(exchange);
    exchange.wait();
    auto const& response = exchange.response;
    Answer answer{response.status, response.body, response.content_type, response.headers, nullptr};
    if (answer.content_type.find("json") != std::string::npos && !answer.text.empty()) answer.json = boost::json::parse(answer.text);
    auto const breach =
        Contract::of(routes).breach(method, target, answer.status, answer.text.empty() ? "" : answer.content_type, answer.json);
    BOOST_TEST(breach == "");
    return answer;
}

std::string House::key(auth::KeyKind kind, Id principal, bool test, std::string const& scopes) {
    std::string secret;
    storage_->write([&](storage::Tx& tx) {
        secret = auth::create_key(tx, keys_, mint_, {kind, principal, test, scopes, "", 0}, clock.now_us()).value().secret;
        return true;
    });
    return secret;
}

Id House::id_of_partner(std::string const& handle) {
    Id id = 0;
    storage_->read([&](storage::Tx& tx) { id = programs::find_partner(tx, std::string_view(handle)).value().id; });
    return id;
}

Id House::id_of_program(std::string const& handle) { return directory_.find(handle); }

std::int64_t House::count(std::string const& table) {
    std::int64_t rows = 0;
    storage_->read([&](storage::Tx& tx) { rows = tx.value<std::int64_t>("select count(*) from " + table).value(); });
    return rows;
}

void House::release() {
    storage_->write([&](storage::Tx& tx) {
        tracking::release_due(tx, kernel_, clock.now_us(), 1000);
        return true;
    });
}

std::string quoted(std::string text) {
    for (auto& c : text)
        if (c == '\'') c = '"';
    return text;
}

Shop::Shop() {
    auto const applied = post(
        "/v1/apply",
        quoted(
            R"({'program':{'handle':'shop','name':'The Shop','currency':'GBP','destination':'https://shop.example/','order_currencies':['EUR'],'status':'live'},
        'terms':{'hold_days':30,'window_days':45,'text':'Be fair.','rules':[{'name':'base','rule':'percent','params':{'rate':'10%'}}]},
        'partners':[{'handle':'ada','name':'Ada','email':'ada@ada.example'},{'handle':'bob','name':'Bob','email':'bob@bob.example'}]})"),
        op);
    if (applied.status != 200) throw std::runtime_error(applied.text);
    ada = key(auth::KeyKind::partner, id_of_partner("ada"));
    bob = key(auth::KeyKind::partner, id_of_partner("bob"));
    merchant = key(auth::KeyKind::merchant, id_of_program("shop"));
}

Answer Shop::sell(std::string const& id, std::string const& amount, std::string const& partner, std::string const& more) {
    auto body = quoted("{'external_id':'" + id + "','amount':{'amount':'" + amount + "','currency':'GBP'}");
    if (!partner.empty()) body += quoted(",'assigned_partner':'" + partner + "'");
    return post("/v1/programs/shop/conversions", body + (more.empty() ? "" : "," + quoted(more)) + "}", merchant);
}

}  // namespace partnerd::api
