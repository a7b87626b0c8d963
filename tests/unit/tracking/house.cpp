#include "unit/tracking/house.hpp"

#include <stdlib.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "auth/tables.hpp"
#include "domain/click_id.hpp"
#include "events/tables.hpp"
#include "jobs/tables.hpp"
#include "ledger/tables.hpp"
#include "programs/partner.hpp"
#include "programs/tables.hpp"
#include "rules/core_facts.hpp"
#include "rules/share.hpp"
#include "storage/schema.hpp"
#include "tracking/click_weeks.hpp"
#include "tracking/tables.hpp"

namespace partnerd::testing {

namespace json = boost::json;

namespace {

class TestRule final : public rules::Rule, public std::enable_shared_from_this<TestRule> {
  public:
    explicit TestRule(std::string id) : id_(std::move(id)), facts_{*rules::find_core_fact("order.base")} {}
    std::string_view id() const override { return id_; }
    int version() const override { return 1; }
    std::span<rules::FactDeclaration const> facts() const override { return facts_; }
    std::string_view params_schema() const override { return "{}"; }
    Result<std::shared_ptr<rules::CompiledRule const>> compile(json::object const& params, Currency const&) const override;

  private:
    std::string const id_;
    std::vector<rules::FactDeclaration> const facts_;
};

class CompiledTestRule final : public rules::CompiledRule {
  public:
    CompiledTestRule(std::string id, std::int64_t from, Id payee) : id_(std::move(id)), from_(from), payee_(payee) {}
    void evaluate(rules::FactSet const& facts, rules::Decision& decision) const override {
        auto const base = rules::order_base(facts);
        if (id_ == "decline") return decision.outcome(rules::Verdict::decline, "looks_wrong");
        decision.outcome(id_ == "review" && base.minor >= from_ ? rules::Verdict::review : rules::Verdict::pay, "");
        decision.line("commission", 0, "commission", {rules::share_of(Rate{100'000}, base.minor), base.currency});
        if (id_ == "share") decision.line("share", payee_, "reward", {rules::share_of(Rate{50'000}, base.minor), base.currency});
    }

  private:
    std::string const id_;
    std::int64_t const from_;
    Id const payee_;
};

Result<std::shared_ptr<rules::CompiledRule const>> TestRule::compile(json::object const& params, Currency const&) const {
    std::int64_t from = 0;
    Id payee = 0;
    if (auto const* value = params.if_contains("from")) from = value->as_int64();
    if (auto const* value = params.if_contains("payee")) payee = parse_id("enr", value->as_string()).value();
    return std::make_shared<CompiledTestRule const>(id_, from, payee);
}

std::filesystem::path new_folder() {
    auto const parent = std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    auto pattern = (parent / "partnerd-kernel-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

}  // namespace

void add_test_rules(rules::RuleRegistry& registry) {
    for (auto const* id : {"review", "decline", "share"}) BOOST_TEST_REQUIRE(registry.add(std::make_shared<TestRule>(id)).has_value());
}

House::House() : House(new_folder()) {}

House::House(std::filesystem::path at, std::function<void(storage::StorageSettings&)> const& with) : folder(std::move(at)), database(folder / "test.db") {
    opening.url = database.url();
    opening.write_budget_ms = 60'000;  // sanitizers are slow, and some tests do much in one unit
    opening.read_budget_ms = 60'000;
    opening.writer_hold_max_ms = 0;
    if (with) with(opening);
    reopen();
    rules::add_builtin_rules(registry);
    add_test_rules(registry);
}

void House::reopen() {
    storage.reset();
    storage = storage::open_storage(opening);
    storage::migrate(*storage, "core",
                     {storage::make_migration(1, "core", {auth::auth_tables(), events::event_tables(), jobs::job_tables(), ledger::ledger_tables(), programs::program_tables(),
                                                          tracking::tracking_tables()}),
                      storage::make_migration(2, "clicks in weeks", {tracking::click_week_tables()})});
    secrets = programs::load_secrets(*storage);
}

House::~House() {
    outbox.stop();
    storage.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

programs::Program House::program(std::string handle, std::string_view plan, programs::TermsSettings const& settings, std::function<void(programs::Program&)> const& with) {
    programs::Program made;
    made.handle = made.name = std::move(handle);
    made.currency = find_currency("GBP").value();
    made.destination = "https://shop.example/";
    if (with) with(made);
    write([&](storage::Tx& tx) {
        BOOST_TEST_REQUIRE(code(programs::create_program(tx, kernel, made)) == "ok");
        BOOST_TEST_REQUIRE(code(programs::add_terms(tx, kernel, made, settings, plan, "", 0)) == "ok");
        BOOST_TEST_REQUIRE(code(programs::change_status(tx, kernel, made.id, "live")) == "ok");
    });
    return read([&](storage::Tx& tx) { return *programs::find_program(tx, made.id); });
}

void House::status(programs::Program const& program, std::string_view to) {
    write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::change_status(tx, kernel, program.id, to)) == "ok"); });
}

programs::Partner House::partner(std::string handle, std::string email) {
    programs::Partner made;
    made.handle = std::move(handle);
    made.email = std::move(email);
    write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::create_partner(tx, kernel, made)) == "ok"); });
    return made;
}

programs::Enrollment House::enrolled(programs::Program const& program, std::string handle, std::string email) {
    auto const known = read([&](storage::Tx& tx) { return programs::find_partner(tx, handle); });
    auto const who = known ? *known : partner(std::move(handle), std::move(email));
    return write([&](storage::Tx& tx) { return programs::enroll(tx, kernel, program.id, who.id, "", true); });
}

programs::Link House::link(programs::Program const& program, programs::Enrollment const& enrollment, std::string link_code) {
    programs::Link made;
    made.code = std::move(link_code);
    write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::create_link(tx, kernel, program, enrollment, made)) == "ok"); });
    return made;
}

std::string House::click(programs::Link const& link, std::int64_t at_us, std::string sub1) {
    static std::int64_t number = 0;
    Id const id = first_id_at(at_us) + ++number % 8192;
    write([&](storage::Tx& tx) {
        tracking::cover_clicks(tx, {tracking::click_week(id)});
        tx.exec("insert into click (id, program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer) values (:id, :program, :link, :sub1, '', '', '', '', 0, 1, '')",
                {storage::arg("id", id), storage::arg("program", link.program), storage::arg("link", link.id), storage::arg("sub1", sub1)});
        if (tx.dialect() == storage::Dialect::sqlite) return;  // it is behind the mark (traffic.hpp)
        // The programs of the house are in UTC.
        tx.exec("insert into rollup_traffic (program, partner, day, link, sub1, clicks, uniques) values (:program, :partner, :day, :link, :sub1, 1, 1) "
                "on conflict (program, partner, day, link, sub1) do update set clicks = rollup_traffic.clicks + 1, uniques = rollup_traffic.uniques + 1",
                {storage::arg("program", link.program), storage::arg("partner", link.partner), storage::arg("day", id_time_us(id) / day_us), storage::arg("link", link.id), storage::arg("sub1", sub1)});
    });
    return sign_click_id(secrets.click_key, link.program, id);
}

namespace {

Result<tracking::Outcome> in_unit(storage::Storage& storage, std::function<Result<tracking::Outcome>(storage::Tx&)> const& work) {
    std::optional<Result<tracking::Outcome>> result;
    storage.write([&](storage::Tx& tx) { return result.emplace(work(tx)).has_value(); });
    return *result;
}

}  // namespace

Result<tracking::Outcome> House::convert(tracking::ConversionReport const& report) {
    return in_unit(*storage, [&](storage::Tx& tx) { return tracker.convert(tx, report); });
}

Result<tracking::Outcome> House::adjust(tracking::ConversionReport const& of, tracking::AdjustmentReport const& adjustment) {
    return in_unit(*storage, [&](storage::Tx& tx) { return tracker.adjust(tx, of.program, of.test, of.kind, of.external_id, adjustment); });
}

Result<tracking::Outcome> House::review(Id program, Id conversion, bool approve, std::string_view reason) {
    return in_unit(*storage, [&](storage::Tx& tx) { return tracker.review(tx, program, conversion, approve, reason); });
}

int House::release() {
    return write([&](storage::Tx& tx) { return tracking::release_due(tx, kernel, clock.now_us(), 1'000'000); });
}

std::int64_t House::balance(Id program, std::string const& account) {
    return read([&](storage::Tx& tx) { return ledger::balance_minor(tx, program, account, "GBP"); });
}

std::int64_t House::count(std::string const& from_where) {
    return read([&](storage::Tx& tx) { return tx.value<std::int64_t>("select count(*) from " + from_where).value(); });
}

void House::execute(std::string const& sql) {
    write([&](storage::Tx& tx) { tx.exec(sql); });
}

void House::allow_tampering() {
    for (std::string const table : {"posting", "entry"}) {
        if (on_postgresql()) execute("drop trigger " + table + "_is_for_ever on " + table);
        else for (auto const* const of : {"_u", "_d"}) execute("drop trigger " + table + "_is_for_ever" + of);
    }
}

reports::Verification House::verify() { return reports::verify(*storage, registry); }

bool House::verifies() {
    auto const result = verify();
    BOOST_TEST_REQUIRE(result.checks.size() >= 14U);
    if (!result.holds()) BOOST_TEST_MESSAGE(reports::to_text(result));
    return result.holds();
}

tracking::ConversionReport sale(programs::Program const& program, std::string external_id, std::int64_t amount_minor, std::string partner) {
    tracking::ConversionReport report;
    report.program = program.id;
    report.external_id = std::move(external_id);
    report.amount_minor = amount_minor;
    report.assigned_partner = std::move(partner);
    return report;
}

tracking::AdjustmentReport refund(std::string id, std::optional<std::int64_t> amount_minor) {
    tracking::AdjustmentReport report;
    report.adjustment_id = std::move(id);
    report.amount_minor = amount_minor;
    return report;
}

tracking::AdjustmentReport amend(std::string id, std::int64_t amount_minor) {
    auto report = refund(std::move(id), amount_minor);
    report.type = tracking::AdjustmentType::amend;
    return report;
}

tracking::AdjustmentReport decline(std::string id) {
    auto report = refund(std::move(id));
    report.type = tracking::AdjustmentType::status;
    report.new_status = "declined";
    return report;
}

}  // namespace partnerd::testing
