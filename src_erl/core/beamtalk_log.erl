%%% @doc What the runtime tells the operators of a node: reports to `logger' with the domain `[beamtalk, Area]'.
%%%
%%% Handlers and filters choose by that domain. The default handler of a node lets through what has no domain or belongs to OTP, and
%%% would drop these; so the runtime adds one filter to it for as long as it runs. Handlers a host has configured itself are its own
%%% business: one that passes everything passes these too.
-module(beamtalk_log).

-export([log/3, show/0, hide/0]).

-define(FILTER, beamtalk).

-spec log(logger:level(), actor | future | runtime, logger:report()) -> ok.
log(Level, Area, Report) ->
    logger:log(Level, Report, #{domain => [beamtalk, Area]}).

%% @doc The default handler of the node shows the reports from now on.
-spec show() -> ok.
show() ->
    %% No handler of that name, or the filter is there already: nothing to do.
    _ = logger:add_handler_filter(default, ?FILTER, {fun logger_filters:domain/2, {log, sub, [beamtalk]}}),
    ok.

-spec hide() -> ok.
hide() ->
    _ = logger:remove_handler_filter(default, ?FILTER),
    ok.
