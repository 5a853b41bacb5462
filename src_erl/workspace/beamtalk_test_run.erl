%%% @doc Runs suites, one after the other or side by side, and tells the reports in the order of the suites.
%%%
%%% A suite is what must stay together: a file. Each runs in a process of its own; one that dies is a failure of its file.
-module(beamtalk_test_run).

-export([suites/3, ordered/3, wanted/2]).

-export_type([suite/0, summary/0]).

-type suite() :: #{name := binary(), file := binary(), run := fun(() -> [beamtalk_test_report:report()])}.
-type summary() :: #{files := non_neg_integer(), time := non_neg_integer(), seed := non_neg_integer() | none}.

%% @doc `Tell' gets the reports of each suite.
-spec suites([suite()], beamtalk_test_options:options(), fun((beamtalk_test_report:report()) -> term())) ->
    [beamtalk_test_report:report()].
suites(Suites, #{jobs := Jobs}, Tell) ->
    Numbered = lists:zip(lists:seq(1, length(Suites)), Suites),
    State = #{free => Jobs, total => length(Suites), running => #{}, done => #{}, next => 1, reports => [], tell => Tell},
    schedule(Numbered, State).

schedule([], #{running := Running, reports := Reports}) when map_size(Running) =:= 0 ->
    ok = beamtalk_test_progress:clear(),
    lists:append(lists:reverse(Reports));
schedule([{N, #{name := Name, run := Run} = Suite} | Rest], #{free := Free, running := Running, total := Total} = State) when Free > 0 ->
    ok = beamtalk_test_progress:show(N, Total, Name),
    Key = make_ref(),
    {_, Monitor} = spawn_monitor(fun() ->
        ok = beamtalk_test_node:runs(Name),
        exit({shutdown, {Key, Run()}})
    end),
    schedule(Rest, State#{free := Free - 1, running := Running#{Monitor => {N, Key, Suite}}});
schedule(Waiting, #{free := Free, running := Running, done := Done} = State) ->
    receive
        {'DOWN', Monitor, process, _, Reason} when is_map_key(Monitor, Running) ->
            {{N, Key, Suite}, Others} = maps:take(Monitor, Running),
            Reports = reports(Reason, Key, Suite),
            schedule(Waiting, told(State#{free := Free + 1, running := Others, done := Done#{N => Reports}}))
    end.

reports({shutdown, {Key, Reports}}, Key, _) ->
    Reports;
reports(Reason, _, #{name := Name, file := File}) ->
    Text = ["The process that runs this file's tests ended: ", beamtalk_printer:term_text(Reason)],
    [beamtalk_test_report:broken(Name, File, beamtalk_failure:simple(Text))].

%% Reports come in the order of the suites, whichever is done first.
told(#{next := Next, done := Done, reports := Reports, tell := Tell} = State) ->
    case maps:take(Next, Done) of
        {Ready, Others} ->
            ok = beamtalk_test_progress:clear(),
            lists:foreach(Tell, Ready),
            told(State#{next := Next + 1, done := Others, reports := [Ready | Reports]});
        error ->
            State
    end.

%% @doc The items as they are, or in an order drawn from the seed and what they belong to.
-spec ordered([A], unicode:chardata(), beamtalk_test_options:options()) -> [A].
ordered(Items, _, #{seed := none}) ->
    Items;
ordered(Items, Of, #{seed := Seed}) ->
    {Keyed, _} = lists:mapfoldl(
        fun(Item, Random0) ->
            {Key, Random} = rand:uniform_s(Random0),
            {{Key, Item}, Random}
        end,
        rand:seed_s(exsss, {Seed, erlang:phash2(beamtalk_test_report:text(Of)), 1}),
        Items
    ),
    [Item || {_, Item} <- lists:keysort(1, Keyed)].

%% @doc Does the filter leave a test of this name in?
-spec wanted(binary(), beamtalk_test_options:options()) -> boolean().
wanted(_, #{filter := none}) -> true;
wanted(Name, #{filter := Part}) -> binary:match(Name, Part) =/= nomatch.
