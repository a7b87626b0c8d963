#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(apply)

namespace {

std::string const program =
    "'program':{'handle':'club','name':'Club','currency':'EUR','order_currencies':['GBP'],'zone':'Europe/Berlin','hosts':['club.example'],'status':'live'}";
std::string const terms =
    "'terms':{'hold_days':14,'minimum_payout':'20.00','text':'Welcome.','rules':[{'name':'base','rule':'percent','params':{'rate':'7.5%'}}]}";
std::string const rest =
    "'plugins':{'greeter':{'text':'hi'}},'partners':[{'handle':'ann','name':'Ann','email':'ann@ann.example','tags':['b','a'],'facts':{'level':'gold'}},{'handle':'ben','group':'vip'}],"
    "'fx_rates':[{'currency':'GBP','day':'2026-03-01','rate':'1.15'}]";
std::string const whole = "{" + program + "," + terms + "," + rest + "}";

Answer apply_to(House& house, std::string const& body, std::string const& query = "") {
    return house.post("/v1/apply" + query, quoted(body), house.op);
}

std::string kinds(Answer const& answer) {
    std::string all;
    for (auto const& change : answer.json.at("changes").as_array())
        all += (all.empty() ? "" : " ") + std::string(change.at("noun").as_string()) + ":" + std::string(change.at("change").as_string());
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_same_twice_changes_nothing) {
    House house;
    auto const first = apply_to(house, whole);
    BOOST_TEST(first.status == 200);
    BOOST_TEST(first.at("/applied") == "true");
    BOOST_TEST(kinds(first) == "program:create terms:create plugin:create fx_rate:create partner:create partner:create program:update");
    BOOST_TEST(house.get("/v1/programs/club", house.op).at("/status") == "live");
    auto const lines = house.count("audit");
    house.clock.advance(day_us);
    auto const second = apply_to(house, whole);
    BOOST_TEST(second.status == 200);
    BOOST_TEST(kinds(second) == "program:none terms:none plugin:none fx_rate:none partner:none partner:none");
    BOOST_TEST(house.count("audit") == lines);
    BOOST_TEST(house.count("terms") == 1);
    BOOST_TEST(house.count("enrollment") == 2);
}

BOOST_AUTO_TEST_CASE(a_dry_run_shows_the_same_and_keeps_nothing) {
    House house;
    auto const shown = apply_to(house, whole, "?dry_run=1");
    BOOST_TEST(shown.status == 200);
    BOOST_TEST(shown.at("/applied") == "false");
    BOOST_TEST(kinds(shown).starts_with("program:create terms:create"));
    BOOST_TEST(house.count("program") == 0);
    BOOST_TEST(house.count("audit") == 0);
    BOOST_TEST(house.get("/v1/programs/club", house.op).status == 404);
    BOOST_TEST(kinds(apply_to(house, whole)) == kinds(shown));
}

BOOST_AUTO_TEST_CASE(what_differs_is_shown_field_by_field) {
    House house;
    apply_to(house, whole);
    house.clock.advance(day_us);
    auto const changed = apply_to(
        house,
        "{'program':{'handle':'club','name':'The Club','status':'paused'},'terms':{'hold_days':21,'minimum_payout':'20.00','text':'Welcome.',"
        "'rules':[{'name':'base','rule':'percent','params':{'rate':'7.5%'}}]},'plugins':{'greeter':false},'partners':[{'handle':'ben','group':'default'}]}");
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(kinds(changed) == "program:update terms:update plugin:update partner:update program:update");
    BOOST_TEST(changed.at("/changes/0/fields/name/before") == "Club");
    BOOST_TEST(changed.at("/changes/0/fields/name/after") == "The Club");
    BOOST_TEST(changed.at("/changes/0/fields/zone") == "");  // not named, stays
    BOOST_TEST(changed.at("/changes/1/fields/version/after") == "2");
    BOOST_TEST(changed.at("/changes/1/fields/settings/after/hold_days") == "21");
    BOOST_TEST(changed.at("/changes/2/fields/enabled/after") == "false");
    BOOST_TEST(changed.at("/changes/3/fields/group/before") == "vip");
    BOOST_TEST(house.get("/v1/programs/club/plugins", house.op).at("/data/0/config/text") == "hi");
    BOOST_TEST(house.get("/v1/programs/club", house.op).at("/zone") == "Europe/Berlin");
}

BOOST_AUTO_TEST_CASE(terms_in_force_are_not_touched) {
    House house;
    auto const with_terms = [](std::string const& more, std::string const& rate) {
        return "{'program':{'handle':'club','currency':'EUR','status':'live'},'terms':{" + more +
               "'notice_days':10,'rules':[{'name':'base','rule':'percent','params':{'rate':'" + rate +
               "'}}]},"
               "'partners':[{'handle':'ann'}]}";
    };
    std::string const old = "'effective_at':'2020-01-01T00:00:00Z',";
    BOOST_TEST(apply_to(house, with_terms(old, "5%")).status == 200);
    BOOST_TEST(kinds(apply_to(house, with_terms(old, "5%"))) == "program:none terms:none partner:none");
    BOOST_TEST(kinds(apply_to(house, with_terms("'version':1,", "5%"))) == "program:none terms:none partner:none");
    check_refused(
        house, house.op,
        {{"POST", "/v1/apply", with_terms(old, "6%"), 409, "terms_in_force", "/terms/effective_at"},
         {"POST", "/v1/apply", with_terms("'effective_at':'2021-01-01T00:00:00Z',", "5%"), 409, "terms_in_force", "/terms/effective_at"},
         {"POST", "/v1/apply", with_terms("'version':1,", "6%"), 409, "terms_in_force", "/terms/version"},
         {"POST", "/v1/apply", with_terms("'version':3,", "6%"), 422, "invalid_field", "/terms/version"}});
    BOOST_TEST(house.count("terms") == 1);
    // Without conversions a new version may begin now; with one the notice period counts.
    BOOST_TEST(apply_to(house, with_terms("", "6%")).at("/changes/1/fields/version/after") == "2");
    house.clock.advance(second_us);
    auto const sold =
        house.post("/v1/programs/club/conversions",
                   quoted("{'external_id':'o-1','assigned_partner':'ann','amount':{'amount':'100.00','currency':'EUR'}}"), house.op);
    BOOST_TEST(sold.at("/commissions/0/amount/amount") == "6.00");
    check_refused(house, house.op,
                  {{"POST", "/v1/apply", with_terms("'effective_at':'2026-03-05T00:00:00Z',", "7%"), 422, "notice_too_short",
                    "/terms/effective_at"}});
    BOOST_TEST(apply_to(house, with_terms("", "7%")).at("/changes/1/fields/effective_at/after") == "2026-03-11T12:00:01Z");
    BOOST_TEST(kinds(apply_to(house, with_terms("", "7%"))) == "program:none terms:none partner:none");
}

BOOST_AUTO_TEST_CASE(whatever_is_wrong_is_refused_whole_with_its_pointer) {
    House house;
    auto const with = [](std::string const& more) { return "{'program':{'handle':'club','currency':'EUR'}," + more + "}"; };
    auto const rules = [&](std::string const& inner) { return with("'terms':{'rules':[" + inner + "]}"); };
    std::string const path = "/v1/apply";
    check_refused(
        house, house.op,
        {{"POST", path, "{", 400, "malformed_json", ""},
         {"POST", path, "[]", 422, "invalid_field", ""},
         {"POST", path, "{}", 422, "missing_field", "/program"},
         {"POST", path, "{'program':{}}", 422, "missing_field", "/program/handle"},
         {"POST", path, "{'program':{'handle':'club'}}", 422, "missing_field", "/program/currency"},
         {"POST", path, "{'program':{'handle':'club','currency':'EURO'}}", 422, "unknown_currency", "/program/currency"},
         {"POST", path, "{'program':{'handle':'club','currency':'EUR','zone':'Moon'}}", 422, "invalid_field", "/program/zone"},
         {"POST", path, "{'program':{'handle':'club','currency':'EUR','color':'x'}}", 422, "unknown_field", "/program/color"},
         {"POST", path, "{'program':{'handle':'club','currency':'EUR','status':'live'}}", 409, "invalid_state", "/program/status"},
         {"POST", path, with("'partner':[]"), 422, "unknown_field", "/partner"},
         {"POST", path, with("'terms':{}"), 422, "missing_field", "/terms/rules"},
         {"POST", path, with("'terms':{'hold_days':'x','rules':[]}"), 422, "invalid_field", "/terms/hold_days"},
         {"POST", path, with("'terms':{'hold':1,'rules':[]}"), 422, "unknown_field", "/terms/hold"},
         {"POST", path, rules("{'name':'a','rule':'percent','params':{'rate':0.1}}"), 422, "invalid_rate", "/terms/rules/0/params/rate"},
         {"POST", path, rules("{'name':'a','rule':'percent','params':{'rate':'1%'}},{'name':'a','rule':'flat','params':{'amount':'1'}}"),
          422, "invalid_field", "/terms/rules/1/name"},
         {"POST", path, rules("{'name':'a','rule':'none'}"), 422, "unknown_rule", "/terms/rules/0/rule"},
         {"POST", path, with("'plugins':[]"), 422, "invalid_field", "/plugins"},
         {"POST", path, with("'plugins':{'greeter':true}"), 422, "invalid_field", "/plugins"},
         {"POST", path, with("'plugins':{'mailer':{}}"), 422, "unknown_plugin", "/plugins/mailer"},
         {"POST", path, with("'plugins':{'greeter':{'x':1}}"), 422, "unknown_field", "/plugins/greeter/x"},
         {"POST", path, with("'partners':[{'handle':'ok'},{'handle':'Not ok'}]"), 422, "invalid_field", "/partners/1/handle"},
         {"POST", path, with("'partners':[{'handle':'ok'},{'handle':'b','website':'x'}]"), 422, "invalid_field", "/partners/1/website"},
         {"POST", path, with("'partners':[{'handle':'a'},{'handle':'b'},{'handle':'a','name':'A'}]"), 422, "invalid_field",
          "/partners/2/handle"},
         {"POST", path,
          with("'fx_rates':[{'currency':'GBP','day':'2026-03-01','rate':'1'},{'currency':'GBP','day':'2026-03-01','rate':'2'}]"), 422,
          "invalid_field", "/fx_rates/1/day"},
         {"POST", path, with("'fx_rates':[{'currency':'GBP','day':'2026-03-01','rate':'1'}]"), 422, "currency_not_accepted",
          "/fx_rates/0/currency"},
         {"POST", path,
          "{'program':{'handle':'club','currency':'EUR','order_currencies':['GBP']},'fx_rates':[{'currency':'GBP','day':'2026-03-01','rate':'-1'}]}",
          422, "invalid_rate", "/fx_rates/0/rate"}});
    for (auto const table : {"program", "partner", "terms", "audit", "fx_rate", "program_plugin"}) BOOST_TEST_CONTEXT(table) {
            BOOST_TEST(house.count(table) == 0);
        }
    apply_to(house, whole);
    check_refused(house, house.op,
                  {{"POST", path, "{'program':{'handle':'club','currency':'GBP'}}", 422, "invalid_field", "/program/currency"}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
