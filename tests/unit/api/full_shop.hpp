// A shop with one of everything, for tests that walk through all routes.
#pragma once

#include <map>

#include "house.hpp"

namespace partnerd::api {

// A shop in which ada has one of everything, and the ids of it.
struct FullShop : Shop {
    FullShop() {
        link = post("/v1/me/programs/shop/links", quoted("{'code':'ada-link'}"), ada).at("/id");
        auto const sold = sell("o-1", "100.00", "ada");
        conversion = sold.at("/id");
        entry = get("/v1/programs/shop/entries", op).at("/data/0/id");
        sell("o-2", "100.00", "ada");
        post("/v1/programs/shop/adjustments",
             quoted("{'external_id':'o-2','adjustment_id':'r-1','type':'refund','amount':{'amount':'40.00','currency':'GBP'}}"), op);
        adjustment = get("/v1/programs/shop/adjustments", op).at("/data/0/id");
        commission = get("/v1/programs/shop/commissions", op).at("/data/0/id");
        account = get("/v1/programs/shop/accounts", op).at("/data/0/id");
        audit = get("/v1/audit", op).at("/data/0/id");
        auto const keys = get("/v1/me/keys", ada);
        ada_key = keys.at("/data/0/id");
        enrollment = get("/v1/programs/shop/enrollments?partner=ada", op).at("/data/0/id");
        application = post("/v1/programs/shop/applications", quoted("{'name':'Cy','email':'cy@cy.example','accepted_terms':1}")).at("/id");
        other_merchant = [&] {
            post("/v1/programs", quoted("{'handle':'other','currency':'GBP'}"), op);
            return key(auth::KeyKind::merchant, id_of_program("other"));
        }();
    }

    // The route's path with ada's ids in it.
    std::string filled(routing::Route const& route) const {
        std::map<std::string, std::string> const by_noun = {{"/applications/", application},
                                                            {"/partners/", "ada"},
                                                            {"/enrollments/", enrollment},
                                                            {"/links/", link},
                                                            {"/conversions/", conversion},
                                                            {"/keys/", ada_key},
                                                            {"/entries/", entry},
                                                            {"/adjustments/", adjustment},
                                                            {"/commissions/", commission},
                                                            {"/accounts/", account},
                                                            {"/audit/", audit}};
        auto path = route.path;
        auto const put = [&](std::string const& parameter, std::string const& value) {
            if (auto const at = path.find(parameter); at != std::string::npos) path.replace(at, parameter.size(), value);
        };
        for (auto const& [noun, id] : by_noun)
            if (path.find(noun + "{id}") != std::string::npos) put("{id}", id);
        put("{program}", "shop");
        put("{terms}", "1");
        put("{version}", "1");
        put("{plugin}", "greeter");
        put("{currency}", "EUR");
        put("{day}", "2026-03-01");
        return path;
    }

    std::string link, conversion, entry, ada_key, enrollment, application, adjustment, commission, account, audit, other_merchant;
};

}  // namespace partnerd::api
