%%% @doc The machine of one session, wherever it lives: in the library of this node, or in the process beside it.
%%%
%%% Requests and replies are terms; `native/bt-wire/src/evaluation.rs' lists them. Belongs to the evaluator. No process of its own.
-module(beamtalk_evaluator_link).

-export([open/1, request/2, request/3, close/1, create/0]).

-export_type([link/0, reply/0]).

%% With each link goes what is kept for its machine: a key, and how many terms.
-opaque link() :: {{nif, reference()} | {port, pid(), pos_integer()}, atomics:atomics_ref()}.
%% Whether blocks are in the reply, and the reply; `lost' and `busy' come alone.
-type reply() :: {true | none, term()} | busy | lost.

%% The request is known to be short: it may run on a normal scheduler.
-define(SHORT_SOURCE, 4096).

-define(KEPT, beamtalk_evaluator_kept).

%% @doc Makes the table of what is kept; the calling process owns it.
-spec create() -> ok.
create() ->
    _ = [ets:new(?KEPT, [named_table, public, duplicate_bag, {write_concurrency, true}]) || ets:whereis(?KEPT) =:= undefined],
    ok.

-spec open(MaxMemory :: pos_integer()) -> {ok, link()} | {error, unavailable}.
open(MaxMemory) ->
    case beamtalk_compiler_backend:backend() of
        nif ->
            opened({nif, beamtalk_compiler_nif:eval_new_nif(MaxMemory)});
        port ->
            case beamtalk_compiler_backend:request(eval_new, #{max_memory => MaxMemory}) of
                #{status := ok, session := Id} -> opened({port, whereis(beamtalk_compiler_server), Id});
                _ -> {error, unavailable}
            end
    end.

opened(Machine) ->
    Link = {Machine, atomics:new(1, [])},
    ok = beamtalk_evaluator_owner:opened(Link, self()),
    {ok, Link}.

%% @doc A request that may take its time.
-spec request(link(), tuple()) -> reply().
request(Link, Request) ->
    request(Link, Request, dirty).

%% @doc `short': one that takes well under a millisecond.
-spec request(link(), tuple(), short | dirty) -> reply().
request({Machine, Kept}, Request, Length) ->
    case asked(Machine, Request, Length) of
        {keep, Reply} ->
            ok = keep(Kept, Request),
            {none, Reply};
        {both, Reply} ->
            ok = keep(Kept, Request),
            {true, Reply};
        {none, lost} ->
            lost;
        Reply ->
            _ = atomics:get(Kept, 1) > 0 andalso forget(Kept),
            Reply
    end.

asked({nif, Reference}, Request, Length) ->
    Bytes = term_to_binary(Request),
    Reply =
        case Length of
            short when byte_size(Bytes) =< ?SHORT_SOURCE -> beamtalk_compiler_nif:eval_nif(Reference, Bytes);
            _ -> beamtalk_compiler_nif:eval_dirty_nif(Reference, Bytes)
        end,
    decoded(Reply);
asked({port, Server, Id}, Request, _) ->
    %% A process that was started again knows nothing of the sessions of the one before.
    case whereis(beamtalk_compiler_server) of
        Server ->
            Command = list_to_existing_atom("eval_" ++ atom_to_list(element(1, Request))),
            case beamtalk_compiler_backend:request(Command, #{session => Id, request => term_to_binary(Request)}) of
                #{status := ok, reply := Reply} -> decoded(Reply);
                _ -> lost
            end;
        _ ->
            lost
    end.

decoded(Reply) when is_binary(Reply) -> binary_to_term(Reply);
decoded(Word) -> Word.

%% The machine has terms whose external form alone would not keep what they refer to (an `atomics' array, a resource in the values of a fun): what it was given
%% stays here until it has no such term any more.
keep(Kept, Request) when element(1, Request) =/= resume, element(1, Request) =/= run ->
    case ets:whereis(?KEPT) of
        undefined ->
            ok;
        _ ->
            _ = safely(fun() -> ets:insert(?KEPT, {Kept, Request}) end),
            atomics:add(Kept, 1, 1)
    end;
keep(_, _) ->
    ok.

forget(Kept) ->
    ok = atomics:put(Kept, 1, 0),
    _ = ets:whereis(?KEPT) =/= undefined andalso safely(fun() -> ets:delete(?KEPT, Kept) end),
    ok.

%% The application may stop meanwhile, and the table with it.
safely(Work) ->
    try
        Work()
    catch
        error:badarg -> false
    end.

%% @doc Frees what the session holds.
-spec close(link()) -> ok.
close({Machine, Kept} = Link) ->
    %% First the machine: nothing is kept for it any more once it is gone.
    ok = freed(Machine),
    ok = forget(Kept),
    beamtalk_evaluator_owner:closed(Link).

freed({nif, Reference}) ->
    beamtalk_compiler_nif:eval_drop_nif(Reference);
freed({port, Server, Id}) ->
    _ = whereis(beamtalk_compiler_server) =:= Server andalso beamtalk_compiler_backend:request(eval_drop, #{session => Id}),
    ok.
