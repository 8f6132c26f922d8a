import cProfile, pstats, time, os
async def call(app, path, query, headers):
    out=[]
    async def receive(): return {"type":"http.request","body":b"","more_body":False}
    async def send(m): out.append(m)
    scope={"type":"http","asgi":{"version":"3.0"},"http_version":"1.1","method":"GET","path":path,"raw_path":path.encode(),"query_string":query,"headers":headers,"client":("1",1),"server":("x",80),"scheme":"http","root_path":"","state":{}}
    await app(scope, receive, send)
    return out
async def test_scratch(desk):
    for n in range(60):
        t = await desk.ticket(contact={"name":"王小明","phone":"13812345678"})
    w = desk.register.world
    app = w.apps['ticketing']
    app._native_telemetry.config.update(tracing=False,metrics=False,logs=False)
    h=[(k.lower().encode(),v.encode()) for k,v in desk.staff('supervisor').items()]
    for path,q,n in ((f"/ticketing/v1/tickets/{t['id']}",b"",2000),("/ticketing/v1/tickets",b"limit=50&clocks=true",200)):
        for prof in (None, None, cProfile.Profile(time.process_time)):
            await call(app,path,q,h)
            t0=time.process_time(); w0=time.monotonic()
            if prof: prof.enable()
            for _ in range(n): r=await call(app,path,q,h)
            if prof: prof.disable()
            print(path[:24], r[0]["status"], len(r[1]["body"]), f"{(time.process_time()-t0)/n*1e6:.0f} us cpu, wall {(time.monotonic()-w0)/n*1e6:.0f}")
            if prof: pstats.Stats(prof).sort_stats("cumtime").print_stats(75)
