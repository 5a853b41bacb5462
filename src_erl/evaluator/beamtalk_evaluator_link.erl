%%% @doc The machine of one session, wherever it lives: in the library of this node, or in the process beside it.
%%%
%%% Requests and replies are terms; `native/bt-wire/src/evaluation.rs' lists them. Belongs to the evaluator. No process of its own.
-module(beamtalk_evaluator_link).

-export([open/1, request/2, request/3, close/1]).

-export_type([link/0, reply/0]).

-opaque link() :: {nif, reference()} | {port, pid(), pos_integer()}.
%% Whether blocks are in the reply, and the reply; `lost' and `busy' come alone.
-type reply() :: {true | none, term()} | busy | lost.

%% The request is known to be short: it may run on a normal scheduler.
-define(SHORT_SOURCE, 4096).

-spec open(MaxMemory :: pos_integer()) -> {ok, link()} | {error, unavailable}.
open(MaxMemory) ->
    case beamtalk_compiler_backend:backend() of
        nif ->
            {ok, {nif, beamtalk_compiler_nif:eval_new_nif(MaxMemory)}};
        port ->
            case beamtalk_compiler_backend:request(eval_new, #{max_memory => MaxMemory}) of
                #{status := ok, session := Id} -> {ok, {port, whereis(beamtalk_compiler_server), Id}};
                _ -> {error, unavailable}
            end
    end.

%% @doc A request that may take its time.
-spec request(link(), tuple()) -> reply().
request(Link, Request) ->
    request(Link, Request, dirty).

%% @doc `short': one that takes well under a millisecond.
-spec request(link(), tuple(), short | dirty) -> reply().
request({nif, Reference}, Request, Length) ->
    Bytes = term_to_binary(Request),
    Reply =
        case Length of
            short when byte_size(Bytes) =< ?SHORT_SOURCE -> beamtalk_compiler_nif:eval_nif(Reference, Bytes);
            _ -> beamtalk_compiler_nif:eval_dirty_nif(Reference, Bytes)
        end,
    decoded(Reply);
request({port, Server, Id}, Request, _) ->
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

decoded(Reply) when is_binary(Reply) ->
    case binary_to_term(Reply) of
        {none, lost} -> lost;
        Decoded -> Decoded
    end;
decoded(Word) ->
    Word.

%% @doc Frees what the session holds.
-spec close(link()) -> ok.
close({nif, Reference}) ->
    beamtalk_compiler_nif:eval_drop_nif(Reference);
close({port, Server, Id}) ->
    _ = whereis(beamtalk_compiler_server) =:= Server andalso beamtalk_compiler_backend:request(eval_drop, #{session => Id}),
    ok.
