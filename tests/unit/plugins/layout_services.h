/* The services from http on. Included by layout.h. */
#ifndef PARTNERD_TEST_LAYOUT_SERVICES_H
#define PARTNERD_TEST_LAYOUT_SERVICES_H

SIZE_IS(partnerd_principal, 48);
MEMBER_AT(partnerd_principal, struct_size, 0);
MEMBER_AT(partnerd_principal, kind, 4);
MEMBER_AT(partnerd_principal, id, 8);
MEMBER_AT(partnerd_principal, key, 16);
MEMBER_AT(partnerd_principal, test, 24);
MEMBER_AT(partnerd_principal, reserved, 28);
MEMBER_AT(partnerd_principal, scopes, 32);

SIZE_IS(partnerd_route, 72);
MEMBER_AT(partnerd_route, struct_size, 0);
MEMBER_AT(partnerd_route, kind, 4);
MEMBER_AT(partnerd_route, method, 8);
MEMBER_AT(partnerd_route, path, 16);
MEMBER_AT(partnerd_route, scopes, 24);
MEMBER_AT(partnerd_route, summary, 32);
MEMBER_AT(partnerd_route, accepts, 40);
MEMBER_AT(partnerd_route, timeout_ms, 48);
MEMBER_AT(partnerd_route, max_body, 52);
MEMBER_AT(partnerd_route, handle, 56);
MEMBER_AT(partnerd_route, user, 64);

SIZE_IS(partnerd_http_api, 160);
MEMBER_AT(partnerd_http_api, struct_size, 0);
MEMBER_AT(partnerd_http_api, reserved, 4);
MEMBER_AT(partnerd_http_api, add_route, 8);
MEMBER_AT(partnerd_http_api, principal, 16);
MEMBER_AT(partnerd_http_api, program, 24);
MEMBER_AT(partnerd_http_api, method, 32);
MEMBER_AT(partnerd_http_api, target, 40);
MEMBER_AT(partnerd_http_api, body, 48);
MEMBER_AT(partnerd_http_api, client_ip, 56);
MEMBER_AT(partnerd_http_api, request_id, 64);
MEMBER_AT(partnerd_http_api, header, 72);
MEMBER_AT(partnerd_http_api, param, 80);
MEMBER_AT(partnerd_http_api, cookie, 88);
MEMBER_AT(partnerd_http_api, status, 96);
MEMBER_AT(partnerd_http_api, set_header, 104);
MEMBER_AT(partnerd_http_api, add_header, 112);
MEMBER_AT(partnerd_http_api, write, 120);
MEMBER_AT(partnerd_http_api, problem, 128);
MEMBER_AT(partnerd_http_api, defer, 136);
MEMBER_AT(partnerd_http_api, deferred_resp, 144);
MEMBER_AT(partnerd_http_api, complete, 152);

SIZE_IS(partnerd_item, 56);
MEMBER_AT(partnerd_item, struct_size, 0);
MEMBER_AT(partnerd_item, reserved, 4);
MEMBER_AT(partnerd_item, sku, 8);
MEMBER_AT(partnerd_item, category, 24);
MEMBER_AT(partnerd_item, quantity, 40);
MEMBER_AT(partnerd_item, amount_minor, 48);

SIZE_IS(partnerd_click, 120);
MEMBER_AT(partnerd_click, struct_size, 0);
MEMBER_AT(partnerd_click, test, 4);
MEMBER_AT(partnerd_click, program, 8);
MEMBER_AT(partnerd_click, link, 16);
MEMBER_AT(partnerd_click, subs_json, 24);
MEMBER_AT(partnerd_click, referrer, 40);
MEMBER_AT(partnerd_click, user_agent, 56);
MEMBER_AT(partnerd_click, client_ip, 72);
MEMBER_AT(partnerd_click, visitor, 88);
MEMBER_AT(partnerd_click, at_us, 104);
MEMBER_AT(partnerd_click, at_risk_us, 112);

SIZE_IS(partnerd_breakdown, 40);
MEMBER_AT(partnerd_breakdown, struct_size, 0);
MEMBER_AT(partnerd_breakdown, reserved, 4);
MEMBER_AT(partnerd_breakdown, subtotal_minor, 8);
MEMBER_AT(partnerd_breakdown, discount_minor, 16);
MEMBER_AT(partnerd_breakdown, tax_minor, 24);
MEMBER_AT(partnerd_breakdown, shipping_minor, 32);

SIZE_IS(partnerd_conversion, 224);
MEMBER_AT(partnerd_conversion, struct_size, 0);
MEMBER_AT(partnerd_conversion, test, 4);
MEMBER_AT(partnerd_conversion, program, 8);
MEMBER_AT(partnerd_conversion, kind, 16);
MEMBER_AT(partnerd_conversion, external_id, 32);
MEMBER_AT(partnerd_conversion, order_id, 48);
MEMBER_AT(partnerd_conversion, customer, 64);
MEMBER_AT(partnerd_conversion, customer_email, 80);
MEMBER_AT(partnerd_conversion, click_id, 96);
MEMBER_AT(partnerd_conversion, code, 112);
MEMBER_AT(partnerd_conversion, assigned_partner, 128);
MEMBER_AT(partnerd_conversion, link, 144);
MEMBER_AT(partnerd_conversion, amount, 152);
MEMBER_AT(partnerd_conversion, has_amount, 176);
MEMBER_AT(partnerd_conversion, customer_is_new, 180);
MEMBER_AT(partnerd_conversion, breakdown, 184);
MEMBER_AT(partnerd_conversion, items, 192);
MEMBER_AT(partnerd_conversion, n_items, 200);
MEMBER_AT(partnerd_conversion, item_stride, 208);
MEMBER_AT(partnerd_conversion, at_us, 216);

SIZE_IS(partnerd_adjustment, 128);
MEMBER_AT(partnerd_adjustment, struct_size, 0);
MEMBER_AT(partnerd_adjustment, type, 4);
MEMBER_AT(partnerd_adjustment, adjustment_id, 8);
MEMBER_AT(partnerd_adjustment, reason, 24);
MEMBER_AT(partnerd_adjustment, new_status, 40);
MEMBER_AT(partnerd_adjustment, amount, 56);
MEMBER_AT(partnerd_adjustment, base_minor, 80);
MEMBER_AT(partnerd_adjustment, has_amount, 88);
MEMBER_AT(partnerd_adjustment, has_base, 92);
MEMBER_AT(partnerd_adjustment, items, 96);
MEMBER_AT(partnerd_adjustment, n_items, 104);
MEMBER_AT(partnerd_adjustment, item_stride, 112);
MEMBER_AT(partnerd_adjustment, at_us, 120);

SIZE_IS(partnerd_outcome, 48);
MEMBER_AT(partnerd_outcome, struct_size, 0);
MEMBER_AT(partnerd_outcome, state, 4);
MEMBER_AT(partnerd_outcome, first_state, 8);
MEMBER_AT(partnerd_outcome, n_lines, 12);
MEMBER_AT(partnerd_outcome, conversion, 16);
MEMBER_AT(partnerd_outcome, partner, 24);
MEMBER_AT(partnerd_outcome, reason_code, 32);

SIZE_IS(partnerd_line, 112);
MEMBER_AT(partnerd_line, struct_size, 0);
MEMBER_AT(partnerd_line, reserved, 4);
MEMBER_AT(partnerd_line, commission, 8);
MEMBER_AT(partnerd_line, enrollment, 16);
MEMBER_AT(partnerd_line, partner, 24);
MEMBER_AT(partnerd_line, key, 32);
MEMBER_AT(partnerd_line, kind, 48);
MEMBER_AT(partnerd_line, state, 64);
MEMBER_AT(partnerd_line, amount, 80);
MEMBER_AT(partnerd_line, payable_at_us, 104);

SIZE_IS(partnerd_candidate, 48);
MEMBER_AT(partnerd_candidate, struct_size, 0);
MEMBER_AT(partnerd_candidate, reserved, 4);
MEMBER_AT(partnerd_candidate, enrollment, 8);
MEMBER_AT(partnerd_candidate, link, 16);
MEMBER_AT(partnerd_candidate, at_us, 24);
MEMBER_AT(partnerd_candidate, evidence, 32);

SIZE_IS(partnerd_attributor, 32);
MEMBER_AT(partnerd_attributor, struct_size, 0);
MEMBER_AT(partnerd_attributor, reserved, 4);
MEMBER_AT(partnerd_attributor, id, 8);
MEMBER_AT(partnerd_attributor, find, 16);
MEMBER_AT(partnerd_attributor, user, 24);

SIZE_IS(partnerd_tracking_api, 56);
MEMBER_AT(partnerd_tracking_api, struct_size, 0);
MEMBER_AT(partnerd_tracking_api, reserved, 4);
MEMBER_AT(partnerd_tracking_api, add_attributor, 8);
MEMBER_AT(partnerd_tracking_api, candidate, 16);
MEMBER_AT(partnerd_tracking_api, click, 24);
MEMBER_AT(partnerd_tracking_api, convert, 32);
MEMBER_AT(partnerd_tracking_api, adjust, 40);
MEMBER_AT(partnerd_tracking_api, outcome_line, 48);

SIZE_IS(partnerd_fact, 32);
MEMBER_AT(partnerd_fact, struct_size, 0);
MEMBER_AT(partnerd_fact, type, 4);
MEMBER_AT(partnerd_fact, list, 8);
MEMBER_AT(partnerd_fact, optional, 12);
MEMBER_AT(partnerd_fact, name, 16);
MEMBER_AT(partnerd_fact, description, 24);

SIZE_IS(partnerd_facts_api, 24);
MEMBER_AT(partnerd_facts_api, struct_size, 0);
MEMBER_AT(partnerd_facts_api, reserved, 4);
MEMBER_AT(partnerd_facts_api, rows, 8);
MEMBER_AT(partnerd_facts_api, get, 16);

SIZE_IS(partnerd_decision_api, 32);
MEMBER_AT(partnerd_decision_api, struct_size, 0);
MEMBER_AT(partnerd_decision_api, reserved, 4);
MEMBER_AT(partnerd_decision_api, outcome, 8);
MEMBER_AT(partnerd_decision_api, line, 16);
MEMBER_AT(partnerd_decision_api, because, 24);

SIZE_IS(partnerd_rule, 88);
MEMBER_AT(partnerd_rule, struct_size, 0);
MEMBER_AT(partnerd_rule, version, 4);
MEMBER_AT(partnerd_rule, id, 8);
MEMBER_AT(partnerd_rule, on_kind, 16);
MEMBER_AT(partnerd_rule, params_schema, 24);
MEMBER_AT(partnerd_rule, facts, 32);
MEMBER_AT(partnerd_rule, n_facts, 40);
MEMBER_AT(partnerd_rule, fact_stride, 48);
MEMBER_AT(partnerd_rule, compile, 56);
MEMBER_AT(partnerd_rule, evaluate, 64);
MEMBER_AT(partnerd_rule, release, 72);
MEMBER_AT(partnerd_rule, user, 80);

SIZE_IS(partnerd_rules_api, 32);
MEMBER_AT(partnerd_rules_api, struct_size, 0);
MEMBER_AT(partnerd_rules_api, reserved, 4);
MEMBER_AT(partnerd_rules_api, add_rule, 8);
MEMBER_AT(partnerd_rules_api, add_fact, 16);
MEMBER_AT(partnerd_rules_api, give, 24);

SIZE_IS(partnerd_leg, 40);
MEMBER_AT(partnerd_leg, struct_size, 0);
MEMBER_AT(partnerd_leg, reserved, 4);
MEMBER_AT(partnerd_leg, account, 8);
MEMBER_AT(partnerd_leg, money, 16);

SIZE_IS(partnerd_ledger_api, 40);
MEMBER_AT(partnerd_ledger_api, struct_size, 0);
MEMBER_AT(partnerd_ledger_api, reserved, 4);
MEMBER_AT(partnerd_ledger_api, open_account, 8);
MEMBER_AT(partnerd_ledger_api, post, 16);
MEMBER_AT(partnerd_ledger_api, reverse, 24);
MEMBER_AT(partnerd_ledger_api, balance, 32);

SIZE_IS(partnerd_event, 80);
MEMBER_AT(partnerd_event, struct_size, 0);
MEMBER_AT(partnerd_event, attempt, 4);
MEMBER_AT(partnerd_event, id, 8);
MEMBER_AT(partnerd_event, program, 16);
MEMBER_AT(partnerd_event, type, 24);
MEMBER_AT(partnerd_event, ordering_key, 40);
MEMBER_AT(partnerd_event, json, 56);
MEMBER_AT(partnerd_event, at_us, 72);

SIZE_IS(partnerd_events_api, 32);
MEMBER_AT(partnerd_events_api, struct_size, 0);
MEMBER_AT(partnerd_events_api, reserved, 4);
MEMBER_AT(partnerd_events_api, publish, 8);
MEMBER_AT(partnerd_events_api, subscribe, 16);
MEMBER_AT(partnerd_events_api, deliver, 24);

SIZE_IS(partnerd_run, 32);
MEMBER_AT(partnerd_run, struct_size, 0);
MEMBER_AT(partnerd_run, reserved, 4);
MEMBER_AT(partnerd_run, due_us, 8);
MEMBER_AT(partnerd_run, context, 16);
MEMBER_AT(partnerd_run, should_stop, 24);

SIZE_IS(partnerd_job, 40);
MEMBER_AT(partnerd_job, struct_size, 0);
MEMBER_AT(partnerd_job, timeout_ms, 4);
MEMBER_AT(partnerd_job, id, 8);
MEMBER_AT(partnerd_job, schedule, 16);
MEMBER_AT(partnerd_job, run, 24);
MEMBER_AT(partnerd_job, user, 32);

SIZE_IS(partnerd_jobs_api, 16);
MEMBER_AT(partnerd_jobs_api, struct_size, 0);
MEMBER_AT(partnerd_jobs_api, reserved, 4);
MEMBER_AT(partnerd_jobs_api, add_job, 8);

SIZE_IS(partnerd_metric, 48);
MEMBER_AT(partnerd_metric, struct_size, 0);
MEMBER_AT(partnerd_metric, kind, 4);
MEMBER_AT(partnerd_metric, name, 8);
MEMBER_AT(partnerd_metric, help, 16);
MEMBER_AT(partnerd_metric, labels, 24);
MEMBER_AT(partnerd_metric, bounds, 32);
MEMBER_AT(partnerd_metric, n_bounds, 40);

SIZE_IS(partnerd_metrics_api, 24);
MEMBER_AT(partnerd_metrics_api, struct_size, 0);
MEMBER_AT(partnerd_metrics_api, reserved, 4);
MEMBER_AT(partnerd_metrics_api, define, 8);
MEMBER_AT(partnerd_metrics_api, add, 16);

#endif
